package api

import (
	"context"
	"time"

	"kefu"
	"kefu/internal/switchboard"
)

func (s *server) conversationRoutes() []operation {
	return under("Conversations",
		list("/conversations", "conversations:read", "listConversations", "List conversations", s.listConversations).
			about("The newest first, as far as the caller may see them."),
		post("/conversations", "conversations:write", "startConversation", "Begin a conversation", s.startConversation).
			about("In an inbox of channel api: elsewhere only the customer can begin one. Its messages reach the desks that the inbox is routed to; the "+
				"customer's program reads them here, by WebSocket or by webhooks."),
		get("/conversations/{id}", "conversations:read", "getConversation", "Read a conversation", s.getConversation),
		put("/conversations/{id}", "conversations:write", "updateConversation", "Change a conversation", s.updateConversation).
			about("Everybody who shows the conversation is told: the desks, and the customer's side when it is closed."),
		del("/conversations/{id}", "conversations:write", "endConversation", "End a conversation", s.endConversation).
			about("Closes it; ending it twice is ending it once. Erasing a person's data is another call: POST /contacts/{id}/erase."),
		act("/conversations/{id}/claim", "conversations:write", "claimConversation", "Claim a conversation", s.claimConversation).
			about("Who asks first has it. Everybody else gets 409 and is told who has it: the agent's id is in errors, as assignee_id."),
		act("/conversations/{id}/transfer", "conversations:write", "transferConversation", "Give a conversation to somebody else", s.transferConversation),
		act("/conversations/{id}/handoff", "conversations:write", "handOffConversation", "Say who answers next", s.handOffConversation),
		act("/conversations/{id}/read", "conversations:read", "readConversation", "Say how far one has read", s.readConversation),
		list("/conversations/{id}/messages", "messages:read", "listMessages", "List a conversation's messages", s.listMessages).
			about("The newest first, unless order is oldest. A contact sees no notes."),
	)
}

type conversationList struct {
	Paging

	Status       kefu.Status   `query:"status" doc:"Only those with this status."`
	Inbox        string        `query:"inbox" maxLength:"200" doc:"Only those of this inbox."`
	Channel      string        `query:"channel" maxLength:"50" doc:"Only those of inboxes of this channel."`
	Assignee     string        `query:"assignee" maxLength:"200" doc:"Only this agent's; none is those that nobody has."`
	Team         string        `query:"team" maxLength:"200" doc:"Only this team's; none is those of no team."`
	Label        string        `query:"label" maxLength:"200" doc:"Only those with the label of this name."`
	Priority     kefu.Priority `query:"priority" doc:"Only those with this priority."`
	Contact      string        `query:"contact" maxLength:"200" doc:"Only this contact's."`
	UpdatedSince time.Time     `query:"updated_since" doc:"Only those of which anything changed then or later."`
	Q            string        `query:"q" maxLength:"200" doc:"Only those with this in the subject, or as the ticket's number or external id."`
	Sort         string        `query:"sort" enum:"created,updated" default:"created" doc:"By when they began, or changed last; the newest is first."`
}

type conversationStart struct{ Body switchboard.NewConversation }

type conversationUpdate struct {
	ByID

	Body switchboard.ConversationChange
}

type conversationClaim struct {
	ByID

	Body switchboard.ClaimRequest `required:"false"`
}

type conversationTransfer struct {
	ByID

	Body switchboard.TransferRequest
}

type conversationHandoff struct {
	ByID

	Body switchboard.HandoffRequest
}

type conversationRead struct {
	ByID

	Body readMark
}

type readMark struct {
	Seq int64 `json:"seq" minimum:"0" doc:"Place of the newest message that was read."`
}

type messageList struct {
	ByID
	Paging

	Before int64  `query:"before" minimum:"0" doc:"Only messages before this place; 0 is no bound."`
	After  int64  `query:"after" minimum:"0" doc:"Only messages after this place; 0 is no bound."`
	Order  string `query:"order" enum:"newest,oldest" default:"newest" doc:"Which come first."`
}

func (s *server) listConversations(ctx context.Context, in *conversationList) (switchboard.List[switchboard.Conversation], error) {
	return s.Board.Conversations(ctx, caller(ctx), switchboard.ConversationFilter{Status: in.Status, Inbox: kefu.InboxID(in.Inbox), Channel: in.Channel,
		Assignee: in.Assignee, Team: in.Team, Label: in.Label, Priority: in.Priority, Contact: kefu.ContactID(in.Contact),
		UpdatedSince: in.UpdatedSince, Text: in.Q, Sort: in.Sort}, in.page())
}

func (s *server) startConversation(ctx context.Context, in *conversationStart) (switchboard.Conversation, error) {
	return s.Board.StartConversation(ctx, ask(ctx), in.Body)
}

func (s *server) getConversation(ctx context.Context, in *ByID) (switchboard.Conversation, error) {
	return s.Board.Conversation(ctx, caller(ctx), kefu.ConversationID(in.ID))
}

func (s *server) updateConversation(ctx context.Context, in *conversationUpdate) (switchboard.Conversation, error) {
	return s.Board.UpdateConversation(ctx, ask(ctx), kefu.ConversationID(in.ID), in.Body)
}

func (s *server) endConversation(ctx context.Context, in *ByID) error {
	_, err := s.Board.EndConversation(ctx, ask(ctx), kefu.ConversationID(in.ID))
	return err
}

func (s *server) claimConversation(ctx context.Context, in *conversationClaim) (switchboard.Conversation, error) {
	return s.Board.Claim(ctx, ask(ctx), kefu.ConversationID(in.ID), in.Body)
}

func (s *server) transferConversation(ctx context.Context, in *conversationTransfer) (switchboard.Conversation, error) {
	return s.Board.Transfer(ctx, ask(ctx), kefu.ConversationID(in.ID), in.Body)
}

func (s *server) handOffConversation(ctx context.Context, in *conversationHandoff) (switchboard.Conversation, error) {
	return s.Board.Handoff(ctx, ask(ctx), kefu.ConversationID(in.ID), in.Body)
}

func (s *server) readConversation(ctx context.Context, in *conversationRead) (switchboard.ReadState, error) {
	return s.Board.Read(ctx, ask(ctx), kefu.ConversationID(in.ID), in.Body.Seq)
}

func (s *server) listMessages(ctx context.Context, in *messageList) (switchboard.List[switchboard.Message], error) {
	return s.Board.Messages(ctx, caller(ctx), kefu.ConversationID(in.ID),
		switchboard.MessageFilter{Before: in.Before, After: in.After, OldestFirst: in.Order == "oldest"}, in.page())
}
