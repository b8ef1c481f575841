package connector

import (
	"net/http"
	"net/netip"
	"time"

	"kefu"
)

// Request is a hook as it arrived.
type Request struct {
	Method string
	Path   string // after /hooks/{inbox}, or the root path for the default inbox: "/ticket/create"; "/" for /hooks/{inbox} itself
	// Target is path and query as they arrived, for signatures over the address: "/hooks/flex/forward-to-discord?a=b". What stands before
	// them is Deps.PublicURL, never the Host header.
	Target string
	Header http.Header
	Body   []byte // at most 1 MiB
	// Client is the sender's address after trusted proxies. Forwarded says that the request carries Forwarded or X-Forwarded-* headers
	// from a proxy that is not trusted: the address then proves nothing.
	Client    netip.Addr
	Forwarded bool
	Now       time.Time
}

// Received is a parsed hook.
type Received struct {
	Inbound []Inbound
	// Respond makes the body of the 200 answer from the results, one for each Inbound, after the commit.
	Respond func([]Result) any
}

// InboundKind says what came in.
type InboundKind string

// Inbound kinds.
const (
	InMessage InboundKind = "message"
	InOpen    InboundKind = "open"    // a message that opens a thread (ticket/create)
	InStatus  InboundKind = "status"  // the other side closed or reopened
	InEdit    InboundKind = "edit"    // Content is the new content of message ExternalID
	InDelete  InboundKind = "delete"  // message ExternalID was deleted
	InGone    InboundKind = "gone"    // the thread vanished
	InCommand InboundKind = "command" // a person asks for something: slash command or button. Sender.Kind tells staff from customers
	InLeft    InboundKind = "left"    // the person Sender.ID can no longer be reached here: they left the server
	// InLook says that something happened in the thread, and no more: Watcher.Look is asked what. ThreadID may be any name that Look
	// understands; it need not be the thread of a link.
	InLook InboundKind = "look"
	// InStanding is how the thread stands at its source: Standing. Changes are told from Thread.Base, what both sides had last.
	InStanding InboundKind = "standing"
	// InAsk asks at a desk that directs the talk (Director) for the bot's answer to what the customer wrote: Content.Text.
	InAsk InboundKind = "ask"
	// InRestore says what a thread that no link has belongs to, as it was noted there when it was opened: Restore.
	InRestore InboundKind = "restore"
)

// Inbound is one thing taken in.
type Inbound struct {
	Kind InboundKind
	// Key settles duplicates inside the inbox for as long as the message is kept; "" when the source gives none. That of a message is
	// "m:<id>"; that of what a person does in a window of ours, and sees the result of, begins with "i:".
	Key        string
	ThreadID   string // external id of the thread
	ThreadName string // channel_name, verbatim
	ExternalID string // of the message; "" when the source has none
	// Fingerprint tells equal messages of one thread: made by the connector from who and what. FingerprintSent is the fingerprint that
	// the message would have if we had sent it; an equal one among our own sent parts makes it an echo. Both may be "".
	Fingerprint     string
	FingerprintSent string
	Sender          Sender
	Title           string
	Content         kefu.Content
	// Report, for InOpen, is set when the opening is a report of its own: it is a case at once, no talk, and the bot does not answer it.
	Report *Report
	Note   bool // private from the start: "// text" or /note
	// Status, for InStatus.
	Status   kefu.Status
	ClosedBy string // verbatim
	Reason   string
	Force    bool // false: ask the desk first
	Command  *Command
	// Written, for InLook, says that a message was written in the thread, and nothing else happened. Standing is then how the thread stood
	// at that time, if the hook tells.
	Written bool
	// Standing, for InStanding. Rev is set by who reads: it is that of the Thread that was looked at.
	Standing *Standing
	Rev      int64
	// Restore, for InRestore.
	Restore *Restore
	// History says that it was said before the link was made anew: it is kept, and goes nowhere. Sender.Kind tells who said it.
	History bool
	// AnswerTo is the external id, in this thread, of the message that Filled answers: the values of its fields by their names.
	// Content.Answer.MessageID names it where the thread carries our own ids; then AnswerTo is "".
	AnswerTo string
	Filled   map[string]string
	// Reopen, for InGone: make the thread again now (it was found missing at start) instead of at the next message.
	Reopen bool
	// Notes are remarks for the message's meta: "picture link dropped: …".
	Notes []string
	// Recovered says that it was found by reading back, not by a hook or live event.
	Recovered  bool
	Cursor     string // the thread's cursor after this one; "" leaves it
	OccurredAt time.Time
}

// Report says what kind of case an opening makes.
type Report struct {
	Category string        // "bug", "feature"
	Priority kefu.Priority // "" is medium
	// Board is the external id of the place where everybody sees how the case stands; "" for none.
	Board string
}

// Sender is who wrote, as the source says.
type Sender struct {
	Kind  kefu.AuthorKind // contact or agent
	ID    string          // the person's id in this inbox; "" when the source has none
	Name  string
	Email string
	Label string // "顧客 - 初始訊息"
	Raw   string // verbatim sender text
	Via   string // "Discord"
	// Locale is the language that the person reads, if the source says so; "" otherwise.
	Locale kefu.Locale
}

// Command is something a person at a desk asks for.
type Command struct {
	Name string // one of the Cmd constants
	Args map[string]string
}

// Commands. Args: reply and note: text (attachments in Inbound.Content); transfer: agent_id, agent_name (external user id and name);
// close: reason; retry: delivery.
const (
	CmdReply      = "reply"
	CmdNote       = "note"
	CmdClaim      = "claim"
	CmdTransfer   = "transfer"
	CmdClose      = "close"
	CmdKeepOpen   = "keep_open"
	CmdReopen     = "reopen"
	CmdOrder      = "order"
	CmdTranscript = "transcript"
	CmdStatus     = "status"
	CmdRetry      = "retry"
	CmdTakeOver   = "take_over"
	CmdContact    = "contact"
	CmdCanned     = "canned" // shortcut: sends a canned response; text is added after it
)

// Commands of staff that need no thread of a conversation: ticket_list: status, mine ("yes"); ticket_show: number; ticket_assign: number,
// and agent_id with agent_name, or team; ticket_status: number, status; ticket_link: number, of (the number of the first that says the
// same; "" takes the link away); block and unblock: member (external id), name, reason; find: what (canned, team, desk), q. A transfer may
// name a team or a desk (inbox id) in place of an agent.
const (
	CmdTicketList   = "ticket_list"
	CmdTicketShow   = "ticket_show"
	CmdTicketAssign = "ticket_assign"
	CmdTicketStatus = "ticket_status"
	CmdTicketLink   = "ticket_link"
	CmdBlock        = "block"
	CmdUnblock      = "unblock"
	CmdFind         = "find"
)

// Commands of customers (Sender.Kind is contact). helped: message (id of the bot's message), answer (yes or no); rate: rating, stars (1 to
// 5; absent when only a comment is added), comment; form: message (id of what asks), answered by View.Form and changing nothing.
const (
	CmdPerson = "person"
	CmdHelped = "helped"
	CmdRate   = "rate"
	CmdForm   = "form"
)

// Result is what became of an Inbound.
type Result struct {
	ConversationID kefu.ConversationID
	MessageID      kefu.MessageID
	TicketNumber   int64
	Duplicate      bool
	// Ignored says in words why nothing was stored: "unknown thread", "echo". Not an error.
	Ignored string
	// Private says that the message was kept as a note although its author may not know it: another desk owns the talk.
	Private bool
	// View answers a command, and says why an opening or a message of a customer was refused: View.Refused is one of the Refused words.
	View *View
}

// View is what a person at a desk sees of a conversation. Connectors word it in the reader's language.
type View struct {
	// Refused is "" when the command was carried out; else one of the Refused words.
	Refused      string
	Conversation kefu.Conversation
	Ticket       kefu.Ticket
	Customer     kefu.Contact
	Owner        string // name of the assignee
	Orders       []kefu.Order
	OrderErr     string
	Transcript   []string // links
	// Waiting and Failed count messages to the customer that are not final, and that failed or are uncertain.
	Waiting, Failed int
	// Position is the place in the queue of a conversation that waits for a person, from 1; 0 when it does not wait.
	Position int
	// Answered says that the bot has said something to what it was asked (InAsk).
	Answered bool
	// OpensAt is when the inbox opens next, of one that is closed now.
	OpensAt time.Time
	// After is when to try again, of what was refused as too soon.
	After time.Time
	// Form answers form: what the message asks, its choices as well. Nil when it asks nothing, or not this customer.
	Form *kefu.Form
	// Faults are what is wrong with what was filled in, in the order of the form, when that was refused as invalid.
	Faults []FieldFault
	// Rating is what was kept of a rating.
	Rating kefu.Rating
	// Tickets, History and Choices answer ticket_list, ticket_show and find. Names are those of agents by their ids.
	Tickets []kefu.Ticket
	History []kefu.TicketChange
	Choices []kefu.Choice
	Names   map[kefu.AgentID]string
	// Teams are the names of teams by their ids.
	Teams map[kefu.TeamID]string
	// Threads are the desk's threads of Tickets, by conversation, where there are any.
	Threads map[kefu.ConversationID]string
}

// FieldFault is what is wrong with one field. Fault is one of kefu's Fault words.
type FieldFault struct{ Name, Label, Fault string }

// Reasons for a refusal of a command.
const (
	RefusedTaken    = "taken"     // somebody else has claimed it: View.Owner
	RefusedClosed   = "closed"    // the conversation is closed
	RefusedOpen     = "open"      // it is open already
	RefusedUnknown  = "unknown"   // no conversation belongs to this thread
	RefusedEmpty    = "empty"     // nothing to send
	RefusedNotFound = "not_found" // the delivery or agent is not known
	RefusedFinal    = "final"     // nothing to retry: it was delivered, or is on its way
	RefusedOwner    = "owner"     // another desk owns the talk
	RefusedBlocked  = "blocked"   // the person is blocked
	RefusedMany     = "many"      // too many open conversations or cases of one person
	RefusedSoon     = "soon"      // too soon after the last one: View.After
	RefusedStep     = "step"      // a ticket cannot become that from where it is
	RefusedExpired  = "expired"   // it was asked too long ago
	RefusedDone     = "done"      // it was done before
	RefusedInvalid  = "invalid"   // what was given makes no sense
)

// Snapshot is a thread as its source of truth has it.
type Snapshot struct {
	Title  string
	Status kefu.Status // "" when the source does not say, or says it in a word that is not known
	// StatusWord is the source's own word when it is not known; it is kept, and changes nothing.
	StatusWord string
	Name       string
	Messages   []Inbound // oldest first, Kind message or open
}
