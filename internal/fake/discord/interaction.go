package discord

import "context"

// Interaction types and callback types, by Discord's numbers.
const (
	InteractionCommand   = 2
	InteractionComponent = 3
	InteractionModal     = 5

	CallbackMessage      = 4
	CallbackDefer        = 5
	CallbackDeferUpdate  = 6
	CallbackUpdate       = 7
	CallbackAutocomplete = 8
	CallbackModal        = 9
)

// Interaction is something a person did (button, command, modal) and what the
// bot answered so far.
type Interaction struct {
	ID        string
	Token     string
	Type      int
	ChannelID string
	MemberID  string

	s *Server
}

// Outcome is the answer to an interaction at one moment.
type Outcome struct {
	Callback  int       // callback type; 0 = none yet
	Late      bool      // no callback within the deadline: the person saw "did not respond"
	Ephemeral bool      // the answer is only for the person
	Original  *Message  // @original: the answer, nil while deferred or without one
	Followups []Message // in order
	Modal     *Modal
}

// Modal is a form that the bot opened.
type Modal struct {
	CustomID   string      `json:"custom_id"`
	Title      string      `json:"title"`
	Components []Component `json:"components"`
}

// Outcome is what was answered so far.
func (i *Interaction) Outcome() Outcome { return Outcome{} }

// Callback waits for the first answer of any kind (also a deferral) or for the
// deadline, and returns the outcome.
func (i *Interaction) Callback(ctx context.Context) (Outcome, error) { return Outcome{}, nil }

// Answer waits for words: a message, an update, a modal, or the edit or
// follow-up after a deferral. It fails when the deadline passes unanswered.
func (i *Interaction) Answer(ctx context.Context) (Outcome, error) { return Outcome{}, nil }
