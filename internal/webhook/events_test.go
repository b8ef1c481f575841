package webhook_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/connector"
	"kefu/internal/plainjson"
	"kefu/internal/store"
	"kefu/internal/switchboard"
	"kefu/internal/webhook"
)

// promised are the members of data by event: the table of the contract.
func promised() map[string]string {
	conversation := "conversation_id visitor_id contact_id agent_id team_id inbox_id channel subject status priority labels created_at updated_at"
	message := "message_id conversation_id seq content content_type attachments sender private created_at"
	ticket := "ticket_id number external_id conversation_id title description priority category status assignee_id customer_email created_at updated_at"
	user := "user_id role name email phone level tags custom_attributes"
	alert := "alert_id kind subject severity summary detail raised_at cleared_at"
	return map[string]string{
		"conversation.created": conversation, "conversation.updated": conversation, "conversation.assigned": conversation + " previous_agent_id",
		"conversation.closed": conversation + " closed_by closed_at", "message.received": message, "message.sent": message, "message.failed": message + " target reason",
		"ticket.created": ticket, "ticket.updated": ticket, "ticket.resolved": ticket, "ticket.closed": ticket, "user.created": user, "user.updated": user,
		"agent.status_changed": "agent_id status previous_status timestamp", "webhook.test": "message endpoint_id", "alert.raised": alert, "alert.cleared": alert,
	}
}

// business is the rules of conversations on the store of a rig.
type business struct {
	*switchboard.Switchboard

	r *rig
}

func newBusiness(r *rig) *business {
	inboxes := []switchboard.Inbox{{ID: "shop", Channel: "wordpress", Name: "Shop"}, {ID: "api", Channel: switchboard.ProgramChannel, Name: "API"}}
	return &business{switchboard.New(r.store, bus.New(), nil, r.Box, slog.New(slog.DiscardHandler), inboxes), r}
}

// done gives what a step came to, or ends the test.
func done[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// day is a day of a small shop: it makes an event of every type that the rules know.
func (b *business) day() {
	t, ctx := b.r.t, b.r.t.Context()
	program := kefu.Ask{Caller: kefu.Caller{Kind: kefu.CallerClient, ID: "key_1", Name: "Shop", Scopes: []string{"*:*"}}}
	done[connector.Result](t)(b.Receive(ctx, "shop", connector.Inbound{Key: "k1", Kind: connector.InOpen, ThreadID: "33", Title: "产品咨询", Fingerprint: "f",
		Sender: connector.Sender{Kind: kefu.AuthorContact, Name: "王小明", Email: "amy@example.com"}, Content: kefu.Content{Text: "想了解产品价格 <b>"}}))
	agent := done[switchboard.Agent](t)(b.CreateAgent(ctx, program, switchboard.AgentChange{Name: kefu.Some("林客服"), Email: kefu.Some("lin@example.com"), PasswordHash: "x"}))
	conv := done[switchboard.Conversation](t)(b.StartConversation(ctx, program, switchboard.NewConversation{Content: "begun here",
		Contact: &switchboard.NewPerson{Name: "Bo", Email: "bo@example.com", ExternalID: "C1"}}))
	done[switchboard.Contact](t)(b.UpdateContact(ctx, program, conv.ContactID, switchboard.ContactChange{
		Attributes: kefu.Some(map[string]any{"level": "gold", "tags": []string{"vip"}, "balance": 9.5, "points": 12})}))
	done[switchboard.AgentPresence](t)(b.SetAgentStatus(ctx, program, agent.ID, switchboard.StatusRequest{Status: kefu.AgentOnline}))
	done[switchboard.Conversation](t)(b.UpdateConversation(ctx, program, conv.ID, switchboard.ConversationChange{AssigneeID: kefu.Some(agent.ID)}))
	done[switchboard.Conversation](t)(b.UpdateConversation(ctx, program, conv.ID, switchboard.ConversationChange{Priority: kefu.Some(kefu.PriorityHigh)}))
	sent := done[switchboard.Message](t)(b.Send(ctx, program, switchboard.NewMessage{ConversationID: conv.ID, Content: "answer"}))
	b.r.change(func(tx *store.Tx) error {
		m, err := tx.Message(sent.ID)
		if err != nil {
			return err
		}
		return b.RecordFailure(tx, m.Message, "shop", "the site answers 503")
	})
	done[switchboard.Conversation](t)(b.EndConversation(ctx, program, conv.ID))
	b.r.change(func(tx *store.Tx) error {
		if _, err := tx.RaiseAlert(kefu.Alert{Kind: kefu.AlertQueueAge, Subject: "shop", Severity: kefu.SeverityWarning, Summary: "s", Detail: json.RawMessage(`{"age_seconds":90}`)}); err != nil {
			return err
		}
		_, err := tx.ClearAlert(kefu.AlertQueueAge, "shop")
		return err
	})
}

// events are all that happened, placed.
func (b *business) events() (all []kefu.Event) {
	b.r.change(func(tx *store.Tx) (err error) {
		if _, _, err = tx.PlaceEvents(1000); err != nil {
			return err
		}
		all, err = tx.EventsSince(0, 1000)
		return err
	})
	return all
}

// unmade are the types that the rules of conversations do not make: nothing resolves a ticket yet, and a test is made when it is sent.
func unmade() []string { return []string{"ticket.resolved", "webhook.test"} }

// TestEveryEventIsAsPromised drives the real rules, and holds what an endpoint is sent against the contract's table and the schemas.
func TestEveryEventIsAsPromised(t *testing.T) {
	schemas := map[string]*jsonschema.Schema{}
	for _, one := range webhook.EventTypes() {
		schemas[one.Event] = schemaOf(t, one)
	}
	each(t, func(t *testing.T, r *rig) {
		b := newBusiness(r)
		b.day()
		seen := unmade()
		for _, e := range b.events() {
			if schemas[e.Type] == nil {
				continue // rights.changed: nobody is told
			}
			seen = append(seen, e.Type)
			for _, format := range kefu.TimestampFormats() {
				p, err := r.Payload(e, format, r.now())
				if err != nil {
					t.Fatal(err)
				}
				validate(t, schemas[e.Type], fits(t, e.Type, string(p)))
				asPromised(t, e.Type, p, format)
			}
		}
		for _, one := range webhook.EventTypes() {
			if !slices.Contains(seen, one.Event) {
				t.Errorf("the day had no %s", one.Event)
			}
		}
	})
}

func asPromised(t *testing.T, kind string, payload []byte, format kefu.TimestampFormat) {
	t.Helper()
	var top, names []string
	for name, value := range plainjson.Members(payload) {
		top = append(top, string(name))
		for name, inner := range plainjson.Members(value) {
			if string(name) == "data" || top[len(top)-1] != "data" {
				continue
			}
			names = append(names, string(name))
			quoted := len(inner) == len(`"2024-01-01T10:00:00Z"`) && inner[0] == '"'
			if strings.HasSuffix(string(name), "_at") && string(inner) != "null" && quoted == (format == kefu.TimestampUnix) {
				t.Errorf("%s as %s has %s = %s", kind, format, name, inner)
			}
		}
	}
	if diff := cmp.Diff([]string{"id", "event", "timestamp", "data"}, top); diff != "" {
		t.Errorf("%s (-want +got):\n%s", kind, diff)
	}
	if diff := cmp.Diff(strings.Fields(promised()[kind]), names); diff != "" {
		t.Errorf("%s differs from the contract (-want +got):\n%s", kind, diff)
	}
}

// What receivers key on, in the events of a day.
func TestWhatTheEventsSay(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		b := newBusiness(r)
		b.day()
		told := map[string][]map[string]any{}
		for _, e := range b.events() {
			if p, err := r.Payload(e, kefu.TimestampISO, r.now()); err == nil {
				var body struct{ Data map[string]any }
				if err := json.Unmarshal(p, &body); err != nil {
					t.Fatal(err)
				}
				told[e.Type] = append(told[e.Type], body.Data)
			}
		}
		want := func(kind string, i int, members ...any) {
			t.Helper()
			if i >= len(told[kind]) {
				t.Errorf("%s was told %d times", kind, len(told[kind]))
				return
			}
			for m := 0; m < len(members); m += 2 {
				if got := told[kind][i][members[m].(string)]; fmt.Sprint(got) != fmt.Sprint(members[m+1]) {
					t.Errorf("%s number %d has %s = %v, want %v", kind, i, members[m], got, members[m+1])
				}
			}
		}
		want("user.created", 0, "role", "contact", "name", "王小明", "email", "amy@example.com")
		want("user.created", 1, "role", "agent", "name", "林客服", "email", "lin@example.com")
		want("user.created", 2, "role", "contact", "name", "Bo", "email", "bo@example.com")
		want("user.updated", 0, "role", "contact", "level", "gold", "tags", "[vip]", "custom_attributes", "map[balance:9.5 points:12]")
		want("ticket.created", 0, "external_id", "33", "number", 1, "title", "产品咨询", "description", "想了解产品价格 <b>", "customer_email", "amy@example.com", "status", "pending")
		want("ticket.created", 1, "external_id", "", "description", "begun here", "customer_email", "bo@example.com", "assignee_id", nil)
		want("ticket.updated", 0, "assignee_id", told["agent.status_changed"][0]["agent_id"], "description", "begun here")
		want("ticket.updated", 1, "priority", "high", "customer_email", "bo@example.com")
		want("ticket.closed", 0, "status", "closed", "description", "begun here")
		want("conversation.assigned", 0, "previous_agent_id", nil, "agent_id", told["agent.status_changed"][0]["agent_id"])
		want("conversation.closed", 0, "closed_by", "Shop", "status", "closed")
		want("message.failed", 0, "target", "shop", "reason", "the site answers 503", "content", "answer")
		want("agent.status_changed", 0, "previous_status", "offline", "status", "online")
		if sender := told["message.received"][0]["sender"].(map[string]any); len(sender) != 3 || sender["name"] != "王小明" {
			t.Errorf("the sender is %v", sender)
		}
	})
}
