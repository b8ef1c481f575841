package discord

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

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

// ErrNoResponse is what the person sees as "The application did not respond".
var ErrNoResponse = errors.New("the bot did not respond to the interaction in time; answer or defer within the deadline")

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
	Choices   []CommandChoice // what is offered for an option
}

// Modal is a form that the bot opened.
type Modal struct {
	CustomID   string      `json:"custom_id"`
	Title      string      `json:"title"`
	Components []Component `json:"components"`
}

// TextInput is the custom id of the form's first field for text; "" if it has none.
func (m *Modal) TextInput() string { return textInput(m.Components) }

func textInput(list []Component) string {
	for _, c := range list {
		if c.Component != nil {
			c.Components = append(slices.Clone(c.Components), *c.Component)
		}
		if c.Type == ComponentTextInput {
			return c.CustomID
		}
		if id := textInput(c.Components); id != "" {
			return id
		}
	}
	return ""
}

// interaction is an Interaction with its state; guarded by Server.mu.
type interaction struct {
	public    *Interaction
	channel   *channel
	source    *Message // the message whose component was used
	at        time.Time
	deadline  *time.Timer
	delivered bool // a bot was connected

	callback  int
	late      bool
	ephemeral bool
	original  *Message
	loading   bool // deferred, and no words yet
	revised   bool // @original was edited after a deferred update
	followups []*Message
	modal     *Modal
	choices   []CommandChoice
}

// Outcome is what was answered so far.
func (i *Interaction) Outcome() Outcome {
	i.s.mu.Lock()
	defer i.s.mu.Unlock()
	return i.s.w.outcome(i.s.w.interactions[i.ID])
}

func (w *world) outcome(x *interaction) Outcome {
	out := Outcome{Callback: x.callback, Late: x.late, Ephemeral: x.ephemeral, Modal: x.modal, Choices: x.choices}
	if x.original != nil && !x.loading {
		m := w.view(*x.original)
		out.Original = &m
	}
	for _, f := range x.followups {
		out.Followups = append(out.Followups, w.view(*f))
	}
	return out
}

// Callback waits for the first answer of any kind (also a deferral), and fails
// with ErrNoResponse when the deadline passes first.
func (i *Interaction) Callback(ctx context.Context) (Outcome, error) {
	return i.wait(ctx, func(x *interaction) bool { return x.callback != 0 })
}

// Answer waits for words: a message, an update, a modal, or the edit or
// follow-up after a deferral. It fails with ErrNoResponse when the deadline
// passes without a callback.
func (i *Interaction) Answer(ctx context.Context) (Outcome, error) {
	return i.wait(ctx, func(x *interaction) bool {
		switch x.callback {
		case 0:
			return false
		case CallbackDefer:
			return !x.loading
		case CallbackDeferUpdate:
			return x.revised || len(x.followups) > 0
		}
		return true
	})
}

func (i *Interaction) wait(ctx context.Context, done func(*interaction) bool) (Outcome, error) {
	var out Outcome
	var late bool
	err := i.s.WaitFor(ctx, func() bool {
		i.s.mu.Lock()
		defer i.s.mu.Unlock()
		x := i.s.w.interactions[i.ID]
		out, late = i.s.w.outcome(x), x.late
		return x.late || done(x)
	})
	if err == nil && late {
		err = ErrNoResponse
	}
	return out, err
}

// begin sends an interaction to the bot and starts its deadline.
func (s *Server) begin(kind int, ch *channel, memberID string, data map[string]any, source *Message) *Interaction {
	w := s.w
	i := &Interaction{ID: w.id(), Type: kind, ChannelID: ch.ID, MemberID: memberID, s: s}
	i.Token = "token-" + i.ID
	x := &interaction{public: i, channel: ch, source: source, at: w.now(), delivered: w.connected()}
	w.interactions[i.ID] = x
	w.acted = append(w.acted, i)
	w.emit("INTERACTION_CREATE", 0, nil, w.interactionEvent(x, data), nil)
	x.deadline = time.AfterFunc(s.opt.CallbackDeadline, func() { s.expire(x) })
	w.announce()
	return i
}

// connected says whether a bot is on the gateway.
func (w *world) connected() bool {
	for _, s := range w.sessions {
		if s.conn != nil {
			return true
		}
	}
	return false
}

// expire ends the wait for the first answer.
func (s *Server) expire(x *interaction) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if x.callback != 0 {
		return
	}
	x.late = true
	if x.delivered {
		s.w.violate("interaction-deadline", fmt.Sprintf("interaction %s was not answered within %s", x.public.ID, s.opt.CallbackDeadline))
	}
	s.w.announce()
}

// interactionEvent is the payload of INTERACTION_CREATE.
func (w *world) interactionEvent(x *interaction, data map[string]any) map[string]any {
	i := x.public
	person := w.members[i.MemberID]
	app := w.permissions(w.botID, x.channel)
	e := map[string]any{
		"id": i.ID, "application_id": w.appID, "type": i.Type, "token": i.Token, "version": 1,
		"channel_id": i.ChannelID, "channel": x.channel.Channel, "data": data, "locale": cmp.Or(person.locale, "zh-TW"),
		"app_permissions": app, "entitlements": []any{}, "entitlement_sku_ids": []any{},
		"authorizing_integration_owners": map[string]any{"0": w.guildID}, "attachment_size_limit": w.opt.MaxUpload,
	}
	if x.source != nil {
		e["message"] = w.view(*x.source)
	}
	if x.channel.Type == TypeDM {
		e["user"], e["context"] = *person.User, 1
		return e
	}
	member, rights := person.Member, w.permissions(i.MemberID, x.channel)
	member.Permissions = &rights
	e["member"], e["guild_id"], e["guild_locale"], e["context"] = member, w.guildID, "zh-TW", 0
	return e
}

// answered puts a message that the bot made as an answer where it belongs.
func (w *world) answered(x *interaction, d draft) *Message {
	m := w.compose(x.channel, w.botID, d)
	m.InteractionID = x.public.ID
	if x.public.Type == InteractionCommand {
		m.Type = messageCommand
	}
	w.post(x.channel, m)
	return m
}

// messageOf is a living message of this interaction.
func (x *interaction) messageOf(id string) *Message {
	if id == "@original" {
		return x.original
	}
	at := slices.IndexFunc(x.followups, func(m *Message) bool { return m.ID == id })
	if at >= 0 {
		return x.followups[at]
	}
	if x.original != nil && x.original.ID == id {
		return x.original
	}
	return nil
}
