package twilio

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/twilio"
)

const (
	// currentKey is followed by a pair: the SID of the conversation in which it talks now.
	currentKey = "at:"
	maxRooms   = 2000 // that are remembered
	maxPages   = 10   // of participants or of one person's conversations
	maxName    = 200
	// mostAnew bounds how many conversations one delivery may make: each was closed before it could be used.
	mostAnew = 3
)

// talk is a conversation with a customer, as far as it never changes.
type talk struct {
	sid, service string
	who          api.Participant
	pair         pair
}

// roomOf finds the customer of a conversation; false while nobody is in it whom we could answer.
func (c *Connector) roomOf(ctx context.Context, n api.Conversation) (talk, bool, error) {
	if r, ok := c.rooms.get(n.SID); ok {
		return r, true, nil
	}
	var guest *api.Participant
	for after, page := "", 0; page == 0 || after != "" && page < maxPages; page++ {
		list, next, err := c.api.Participants(ctx, n.SID, after)
		if err != nil {
			return talk{}, false, c.failure(err)
		}
		for _, p := range list {
			if p.Binding != nil && p.Binding.Address != "" {
				return c.remember(n, p)
			}
			if guest == nil && p.Identity != "" && !isStaff(p) {
				guest = &p
			}
		}
		after = next
	}
	if guest == nil {
		return talk{}, false, nil
	}
	return c.remember(n, *guest)
}

func (c *Connector) remember(n api.Conversation, p api.Participant) (talk, bool, error) {
	of, ok := pairOf(p)
	r := talk{sid: n.SID, service: n.ServiceSID, who: p, pair: of}
	if !ok || !c.serves(of) {
		return talk{}, false, nil
	}
	c.rooms.put(n.SID, r)
	return r, true, nil
}

// isStaff tells an agent of Flex, who is in the conversation too, from a visitor of a web chat.
func isStaff(p api.Participant) bool {
	var a struct {
		Member string `json:"member_type"`
	}
	return json.Unmarshal([]byte(p.Attributes), &a) == nil && slices.Contains([]string{"agent", "supervisor"}, a.Member)
}

// serves tells whether the inbox is there for what is written to this address of ours.
func (c *Connector) serves(p pair) bool {
	return len(c.set.numbers) == 0 || p.kind == kindChat || slices.Contains(c.set.numbers, p.ours)
}

// name is what the person is called, by what Twilio was told of them; else the address.
func (r talk) name() string {
	var a map[string]any
	if json.Unmarshal([]byte(r.who.Attributes), &a) == nil {
		for _, key := range []string{"friendlyName", "friendly_name", "name", "displayName", "display_name", "customerName", "profile_name"} {
			text, ok := a[key].(string)
			if text = strings.Join(strings.Fields(text), " "); ok && text != "" {
				return kefu.Excerpt(text, maxName)
			}
		}
	}
	return kefu.Excerpt(r.pair.theirs, maxName)
}

// sender is the person as one who writes.
func (r talk) sender() connector.Sender {
	via := map[string]string{kindSMS: "SMS", whatsApp: "WhatsApp", kindChat: "Web chat"}[r.pair.kind]
	return connector.Sender{Kind: kefu.AuthorContact, ID: kefu.Excerpt(r.pair.address(), maxName), Name: r.name(), Via: cmp.Or(via, r.pair.kind)}
}

// current is the conversation in which a pair talks now, as far as we know; "" when we do not.
func (c *Connector) current(ctx context.Context, p pair) (string, error) {
	sid, err := c.deps.State.Load(ctx, currentKey+p.thread())
	return sid, c.failure(err)
}

func (c *Connector) setCurrent(ctx context.Context, p pair, sid string) error {
	return c.failure(c.deps.State.Save(ctx, currentKey+p.thread(), sid))
}

// openRoom gives the conversation that a pair has open in Twilio; "" when it has none.
func (c *Connector) openRoom(ctx context.Context, p pair) (string, error) {
	list, err := c.roomsOf(ctx, p)
	for _, m := range slices.Backward(list) {
		if m.State != api.Closed {
			return m.ConversationSID, err
		}
	}
	return "", err
}

// roomsOf lists the conversations of a pair, open and closed, oldest first.
func (c *Connector) roomsOf(ctx context.Context, p pair) (rooms []api.Membership, err error) {
	ask := c.api.ConversationsAt
	if p.kind == kindChat {
		ask = c.api.ConversationsOf
	}
	for after, page := "", 0; page == 0 || after != "" && page < maxPages; page++ {
		list, next, err := ask(ctx, p.address(), after)
		if err != nil {
			return nil, c.failure(err)
		}
		for _, m := range list {
			if p.is(m.Binding, m.Identity) && !strings.HasPrefix(m.UniqueName, "lnk_") {
				rooms = append(rooms, m)
			}
		}
		after = next
	}
	slices.SortStableFunc(rooms, func(a, b api.Membership) int { return a.Created.Compare(b.Created) })
	return rooms, nil
}

// anew gives a conversation to write in when the last one was closed: the one that the customer has begun meanwhile, else a new one, which
// carries their answer to us like every other. Idempotent for a delivery: what an interrupted call has made is found by its name.
func (c *Connector) anew(ctx context.Context, p pair, out connector.Outbound) (string, error) {
	sid, err := c.openRoom(ctx, p)
	for n := 0; sid == "" && err == nil && n < mostAnew; n++ {
		sid, err = c.makeRoom(ctx, p, out, fmt.Sprintf("%s-%d", out.DeliveryID, n))
	}
	switch {
	case err != nil:
		return "", err
	case sid == "":
		return "", &connector.SendError{Class: connector.Retryable, Scope: connector.ScopeThread, Reason: "each new conversation with the customer was closed in Twilio at once"}
	}
	return sid, c.setCurrent(ctx, p, sid)
}

// makeRoom makes a conversation with the customer in it; "" when the one of that name is closed already.
func (c *Connector) makeRoom(ctx context.Context, p pair, out connector.Outbound, name string) (string, error) {
	n, err := c.api.EnsureConversation(ctx, api.ConversationCreate{UniqueName: name, FriendlyName: kefu.Excerpt(out.Customer.Name, maxName), MessagingService: c.set.messaging})
	if err != nil {
		return "", c.notYet(err)
	}
	if n.State == api.Closed {
		return "", nil
	}
	_, err = c.api.EnsureParticipant(ctx, n.SID, p.participant())
	if api.Code(err) == api.CodeBindingTaken { // they have begun one while we made ours
		sid, findErr := c.openRoom(ctx, p)
		if findErr != nil || sid == "" || sid == n.SID {
			return sid, findErr
		}
		_, err := c.api.UpdateConversation(ctx, n.SID, api.ConversationUpdate{State: api.Closed})
		return sid, c.notYet(err)
	}
	return n.SID, c.notYet(err)
}

// notYet is failure for a call that may be made again: nothing was said to the customer by it.
func (c *Connector) notYet(err error) error {
	failed := c.failure(err)
	if failed == nil {
		return nil
	}
	e := *connector.Failure(failed)
	if e.Class == connector.Uncertain || e.Class == connector.Gone {
		e.Class = connector.Retryable
	}
	return &e
}

// closed tells whether a conversation takes nothing more: it is closed, or not there any more.
func (c *Connector) closed(ctx context.Context, sid string) (bool, error) {
	n, err := c.api.Conversation(ctx, sid)
	if api.Status(err) == http.StatusNotFound {
		return true, nil
	}
	return n.State == api.Closed, c.notYet(err)
}
