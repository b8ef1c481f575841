package twilio

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/twilio"
)

// mostNames bounds the names that are tried for a conversation: Twilio's closed is final, and keeps its name.
const mostNames = 5

// filters are the events of a desk conversation that the scoped hook tells.
func filters() []string {
	return []string{"onMessageAdded", "onMessageUpdated", "onParticipantAdded", "onConversationStateUpdated"}
}

// noDesk is what an inbox without a workflow says to whoever would open a thread in it.
func noDesk() error {
	return &connector.SendError{Class: connector.Permanent, Scope: connector.ScopeInbox, Reason: "this inbox is no desk: set workspace_sid and workflow_sid"}
}

// Open makes the conversation of a desk link with the customer in it, and asks Flex for an agent. Each step finds what an earlier call has
// made, so that nobody is asked twice. It blocks until Flex has accepted and, with Again, the history is there.
func (c *Connector) Open(ctx context.Context, o connector.Opening) (connector.Thread, error) {
	if !c.set.desk() || o.Role == kefu.RoleBoard {
		return connector.Thread{}, noDesk()
	}
	t, err := c.open(ctx, o)
	if err != nil {
		return connector.Thread{}, c.openFailure(err)
	}
	return t, nil
}

func (c *Connector) open(ctx context.Context, o connector.Opening) (connector.Thread, error) {
	n, m, err := c.conversationFor(ctx, o)
	if err != nil {
		return connector.Thread{}, err
	}
	if _, err := c.api.EnsureParticipant(ctx, n.SID, api.ParticipantCreate{Identity: m.Identity, Attributes: customerAttributes(o)}); err != nil {
		return connector.Thread{}, err
	}
	if err := c.ensureHooks(ctx, n.SID); err != nil {
		return connector.Thread{}, err
	}
	if o.Again {
		if err := c.refill(ctx, o, n.SID); err != nil {
			return connector.Thread{}, err
		}
	}
	found := m.Interaction != ""
	if c.set.workflow != "" && c.set.routing == routingKefu && !found {
		if m, err = c.ask(ctx, o, n, m); err != nil {
			return connector.Thread{}, err
		}
	}
	return c.thread(o, n, m, found)
}

// thread is what the rules keep of a conversation.
func (c *Connector) thread(o connector.Opening, n api.Conversation, m mark, found bool) (connector.Thread, error) {
	meta, err := json.Marshal(noteOf(n, m))
	base := o.Standing
	base.Status, base.Only = kefu.StatusOpen, shown()
	return connector.Thread{
		LinkID: o.LinkID, ConversationID: o.ConversationID, TicketNumber: o.Ticket.Number, Role: kefu.RoleDesk, ExternalID: n.SID, Name: o.Name,
		Meta: meta, Base: base, Found: found,
	}, err
}

// conversationFor makes the conversation, or finds the one that an earlier call made. One that was closed meanwhile is left alone.
func (c *Connector) conversationFor(ctx context.Context, o connector.Opening) (api.Conversation, mark, error) {
	m := mark{Inbox: c.set.inbox, Link: o.LinkID, Conversation: o.ConversationID, Ticket: o.Ticket.Number, Origin: o.Origin,
		Identity: cmp.Or(string(o.Customer.ID), string(o.ConversationID))}
	attributes, err := conversationAttributes(m)
	if err != nil {
		return api.Conversation{}, m, err
	}
	name := string(o.LinkID)
	if o.Opened > 0 {
		name = fmt.Sprintf("%s-%d", name, o.Opened)
	}
	for try := range mostNames {
		unique := name
		if try > 0 {
			unique = fmt.Sprintf("%s.%d", name, try)
		}
		n, err := c.api.EnsureConversation(ctx, api.ConversationCreate{UniqueName: unique, FriendlyName: friendlyName(o), Attributes: attributes,
			MessagingService: c.set.messaging, TellHooks: true})
		if err != nil {
			return n, m, err
		}
		if n.State == api.Closed {
			continue
		}
		if there, ok := markOf(n); ok {
			m = there
		}
		return n, m, nil
	}
	return api.Conversation{}, m, &connector.SendError{Class: connector.Retryable, Scope: connector.ScopeThread, Reason: "every conversation of this link is closed in Twilio"}
}

func conversationAttributes(m mark) (string, error) {
	raw, err := json.Marshal(map[string]mark{"kefu": m})
	return string(raw), err
}

// friendlyName is what Twilio's own lists call the conversation.
func friendlyName(o connector.Opening) string {
	return kefu.Excerpt(fmt.Sprintf("#%d %s", o.Ticket.Number, cmp.Or(o.Customer.Name, o.Name)), 200)
}

func customerAttributes(o connector.Opening) string {
	raw, err := json.Marshal(map[string]string{"member_type": "customer", "friendly_name": kefu.Excerpt(o.Customer.Name, 200)})
	if err != nil {
		return "{}" // two texts always are JSON
	}
	return string(raw)
}

// ensureHooks makes the hooks that are not there: Twilio does not notice repetition, and a conversation may have five.
func (c *Connector) ensureHooks(ctx context.Context, conversation string) error {
	there, err := c.api.ScopedHooks(ctx, conversation)
	if err != nil {
		return err
	}
	address := c.deps.PublicURL + "/hooks/" + string(c.set.inbox) + pathForward
	if !slices.ContainsFunc(there, func(h api.ScopedHook) bool { return h.Configuration.URL == address }) {
		if _, err := c.api.CreateScopedHook(ctx, conversation, api.HookCreate{URL: address, Filters: filters()}); err != nil {
			return err
		}
	}
	flow := c.set.flow
	if flow == "" || slices.ContainsFunc(there, func(h api.ScopedHook) bool { return h.Configuration.FlowSID == flow }) {
		return nil
	}
	_, err = c.api.CreateScopedHook(ctx, conversation, api.HookCreate{FlowSID: flow})
	return err
}

// openFailure is failure for an opening, which is made again until it succeeds: nothing of it is final, because an operator mends it.
func (c *Connector) openFailure(err error) error {
	e := connector.Failure(c.failure(err))
	switch {
	case e.Class == connector.Gone:
		e.Class = connector.Retryable
	case e.Class == connector.Permanent && api.Status(err) >= http.StatusMultipleChoices:
		e.Class, e.Scope = connector.Retryable, connector.ScopeInbox
	}
	return e
}
