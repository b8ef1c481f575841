package chatwoot_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"kefu/chatwoot"
	fake "kefu/internal/fake/chatwoot"
)

func TestSendMessage(t *testing.T) {
	s, c := start(t, fake.Options{})
	id := talk(t, s)
	for _, m := range []chatwoot.Message{
		{Content: "hello"}, {Content: "a note", Private: true}, {Content: "from the customer", Type: chatwoot.Incoming, SourceID: "m-1", EchoID: "e-1"},
	} {
		got, err := c.SendMessage(t.Context(), id, m)
		must(t, err)
		if m.Type == "" {
			m.Type = chatwoot.Outgoing
		}
		if got.ID == 0 || got.Content != m.Content || got.Type != m.Type || got.Private != m.Private || got.SourceID != m.SourceID || got.EchoID != m.EchoID || got.ConversationID != id {
			t.Errorf("sent %+v, got %s", m, got.Raw)
		}
	}
	if _, err := c.SendMessage(t.Context(), id, chatwoot.Message{Type: "activity"}); !isInvalid(err, 1) {
		t.Errorf("an activity: %v", err)
	}
	if _, err := c.SendMessage(t.Context(), id, chatwoot.Message{}); !isInvalid(err, 1) {
		t.Errorf("no content: %v", err)
	}
	if _, err := c.SendMessage(t.Context(), 99, chatwoot.Message{Content: "x"}); !chatwoot.IsNotFound(err) {
		t.Errorf("no conversation: %v", err)
	}
	have(t, "requests", len(s.Requests()), 4)
}

func isInvalid(err error, faults int) bool {
	var e *chatwoot.InvalidError
	return errors.As(err, &e) && len(e.Faults) == faults
}

func TestMessagesPageByPage(t *testing.T) {
	s, c := start(t, fake.Options{})
	id := talk(t, s)
	var want []string
	for i := range 47 {
		words := "message " + strconv.Itoa(i)
		_, err := s.CustomerWrites(id, words)
		must(t, err)
		want = append(want, words)
	}
	last, err := c.Messages(t.Context(), id, 0)
	must(t, err)
	have(t, "a page", len(last), 20)
	have(t, "its last", last[19].Content, want[46])
	before, err := c.Messages(t.Context(), id, last[0].ID)
	must(t, err)
	have(t, "the page before", before[19].Content, want[26])
	after, err := c.MessagesAfter(t.Context(), id, before[0].ID)
	must(t, err)
	have(t, "after", len(after), 39)
	s.ClearRequests()
	var got []string
	for m, err := range c.AllMessages(t.Context(), id) {
		must(t, err)
		got = append(got, m.Content)
	}
	slices.Reverse(want)
	if !slices.Equal(got, want) {
		t.Errorf("all messages: %q", got)
	}
	have(t, "pages", len(s.Requests()), 4)
	for range c.AllMessages(t.Context(), id) {
		break
	}
	have(t, "pages after a break", len(s.Requests()), 5)
}

// TestPagesThatDoNotMove meets servers that ignore what page they are asked for.
func TestPagesThatDoNotMove(t *testing.T) {
	s, c := start(t, fake.Options{})
	s.Inject(fake.Fault{Kind: fake.FaultRaw, Body: `{"payload":[{"id":5,"content":"x","message_type":0}]}`})
	n := 0
	for _, err := range c.AllMessages(t.Context(), 1) {
		must(t, err)
		n++
	}
	have(t, "messages", n, 1)
	n = 0
	for _, err := range c.SearchContacts(t.Context(), "x") {
		must(t, err)
		n++
	}
	have(t, "contacts", n, 1)
	s.ClearFaults()
	s.Inject(fake.Fault{Kind: fake.FaultRaw, Body: `{"payload":[{"content":"no id"}]}`})
	var last error
	for _, err := range c.AllMessages(t.Context(), 1) {
		last = err
	}
	if last == nil {
		t.Error("messages without ids ended without an error")
	}
}

func TestStatus(t *testing.T) {
	s, c := start(t, fake.Options{})
	id := talk(t, s)
	until := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, status := range []chatwoot.Status{chatwoot.Pending, chatwoot.Open, chatwoot.Resolved, chatwoot.Snoozed} {
		must(t, c.SetStatus(t.Context(), id, status, until))
		conv, err := c.Conversation(t.Context(), id)
		must(t, err)
		have(t, "status", conv.Status, status)
		have(t, "sleeps", conv.SnoozedUntil.Equal(until), status == chatwoot.Snoozed)
	}
	for _, status := range []chatwoot.Status{"", "closed"} {
		if err := c.SetStatus(t.Context(), id, status, time.Time{}); !isInvalid(err, 1) {
			t.Errorf("status %q: %v", status, err)
		}
	}
	s.Inject(fake.Fault{Kind: fake.FaultRaw, Body: `{"payload":{"success":true,"current_status":"open"}}`})
	var e *chatwoot.Error
	if err := c.SetStatus(t.Context(), id, chatwoot.Resolved, time.Time{}); !errors.As(err, &e) || e.Code != chatwoot.CodeNotDone {
		t.Errorf("another status came back: %v", err)
	}
}

func TestAssign(t *testing.T) {
	s, c := start(t, fake.Options{})
	id := talk(t, s)
	a, err := c.Assign(t.Context(), id, fake.Agent2)
	must(t, err)
	have(t, "agent", a.Name, "Hao")
	team, err := c.AssignTeam(t.Context(), id, fake.TeamID)
	must(t, err)
	have(t, "team", team.Name, "returns")
	var e *chatwoot.Error
	if _, err := c.Assign(t.Context(), id, 999); !errors.As(err, &e) || e.Code != chatwoot.CodeUnknownAssignee || e.Status != 200 {
		t.Errorf("an unknown agent: %v", err)
	}
	if _, err := c.AssignTeam(t.Context(), id, 999); !errors.As(err, &e) || e.Code != chatwoot.CodeUnknownAssignee {
		t.Errorf("an unknown team: %v", err)
	}
	_, err = c.Assign(t.Context(), id, fake.Agent)
	must(t, err)
	must(t, c.Unassign(t.Context(), id))
	conv, err := c.Conversation(t.Context(), id)
	must(t, err)
	if conv.Meta.Assignee != nil || conv.Meta.Team != nil {
		t.Errorf("still somebody's: %+v", conv.Meta)
	}
	if _, err := c.Assign(t.Context(), id, 0); !isInvalid(err, 1) {
		t.Errorf("agent 0: %v", err)
	}
}

func TestLabels(t *testing.T) {
	s, c := start(t, fake.Options{})
	id := talk(t, s)
	must(t, s.AgentSetsLabels(id, "vip", "refund"))
	got, err := c.AddLabels(t.Context(), id, "urgent", "VIP")
	must(t, err)
	if !slices.Equal(got, []string{"vip", "refund", "urgent"}) {
		t.Errorf("added: %q", got)
	}
	got, err = c.RemoveLabels(t.Context(), id, "refund", "absent")
	must(t, err)
	if !slices.Equal(got, []string{"vip", "urgent"}) {
		t.Errorf("removed: %q", got)
	}
	s.ClearRequests()
	_, err = c.AddLabels(t.Context(), id, "vip")
	must(t, err)
	have(t, "requests when nothing is to be done", len(s.Requests()), 1)
	if _, err := c.AddLabels(t.Context(), id, "", "a,b"); !isInvalid(err, 2) {
		t.Errorf("bad labels: %v", err)
	}
	got, err = c.SetLabels(t.Context(), id)
	must(t, err)
	have(t, "labels after none were set", len(got), 0)
}

// TestLabelRace loses the write of our labels: a second and third time they are written again, and then an error says so.
func TestLabelRace(t *testing.T) {
	write := regexp.MustCompile(`/labels$`)
	for lost, want := range map[int]error{1: nil, 2: nil, 3: chatwoot.ErrLabelRace} {
		t.Run(strconv.Itoa(lost), func(t *testing.T) {
			s, c := start(t, fake.Options{})
			id := talk(t, s)
			must(t, s.AgentSetsLabels(id, "theirs"))
			s.Inject(fake.Fault{Kind: fake.FaultRaw, Method: "POST", Path: write, Count: lost, Body: `{"payload":["ours"]}`})
			got, err := c.AddLabels(t.Context(), id, "ours")
			if !errors.Is(err, want) || (want == nil && !slices.Equal(got, []string{"theirs", "ours"})) {
				t.Errorf("%q, %v; want %v", got, err, want)
			}
			writes := 0
			for _, q := range s.Requests() {
				if q.Method == http.MethodPost {
					writes++
				}
			}
			have(t, "writes", writes, min(lost+1, 3))
		})
	}
}

func TestConversations(t *testing.T) {
	s, c := start(t, fake.Options{})
	customer, err := c.CreateContact(t.Context(), chatwoot.NewContact{InboxID: fake.APIInbox, Name: "Lin", Identifier: "lin"})
	must(t, err)
	source := customer.ContactInboxes[0].SourceID
	for i := range 30 {
		made, err := c.CreateConversation(t.Context(), chatwoot.NewConversation{SourceID: source, InboxID: fake.APIInbox, ContactID: customer.ID,
			CustomAttributes: chatwoot.Attributes{"kefu_id": "k" + strconv.Itoa(i)}})
		must(t, err)
		have(t, "number", made.ID, int64(i+1))
	}
	_, err = c.CreateAttributeDefinition(t.Context(), chatwoot.AttributeDefinition{Key: "kefu_id", Name: "Kefu", Model: chatwoot.ConversationAttribute})
	must(t, err)
	n := 0
	for conv, err := range c.Conversations(t.Context(), chatwoot.ConversationQuery{Status: "all", Assignee: "all", InboxID: fake.APIInbox}) {
		must(t, err)
		have(t, "sender", conv.Meta.Sender.Identifier, "lin")
		n++
	}
	have(t, "conversations", n, 30)
	var found []int64
	for conv, err := range c.FilterConversations(t.Context(), chatwoot.Condition{Attribute: "kefu_id", Operator: "equal_to", Values: []string{"k7"}, CustomType: "conversation_attribute"}) {
		must(t, err)
		found = append(found, conv.ID)
	}
	if !slices.Equal(found, []int64{8}) {
		t.Errorf("found %v", found)
	}
	if _, err := c.CreateConversation(t.Context(), chatwoot.NewConversation{Status: chatwoot.Snoozed}); !isInvalid(err, 2) {
		t.Errorf("a snoozed one without a source: %v", err)
	}
	if _, err := c.CreateConversation(t.Context(), chatwoot.NewConversation{SourceID: source, Status: "closed"}); !isInvalid(err, 1) {
		t.Errorf("a status that Chatwoot does not know: %v", err)
	}
	elsewhere, err := s.StartConversation(s.AddContact("Chen", ""), fake.WebInbox)
	must(t, err)
	found = nil
	for conv, err := range c.Conversations(t.Context(), chatwoot.ConversationQuery{InboxID: fake.WebInbox}) {
		must(t, err)
		found = append(found, conv.ID)
	}
	if !slices.Equal(found, []int64{elsewhere}) {
		t.Errorf("in the other inbox: %v", found)
	}
	must(t, s.AgentSetsLabels(8, "vip", "refund"))
	found = nil
	for conv, err := range c.Conversations(t.Context(), chatwoot.ConversationQuery{Labels: []string{"vip", "refund"}, TeamID: 0, Words: ""}) {
		must(t, err)
		found = append(found, conv.ID)
	}
	if !slices.Equal(found, []int64{8}) {
		t.Errorf("labelled %v", found)
	}
}

// TestAnswersWithoutAnID are of another program, or of a version that says things elsewhere.
func TestAnswersWithoutAnID(t *testing.T) {
	s, c := start(t, fake.Options{})
	s.Inject(fake.Fault{Kind: fake.FaultRaw, Body: `{}`})
	for name, ask := range map[string]func() error{
		"conversation": func() error { _, err := c.Conversation(t.Context(), 1); return err },
		"new": func() error {
			_, err := c.CreateConversation(t.Context(), chatwoot.NewConversation{SourceID: "s"})
			return err
		},
		"message": func() error { _, err := c.SendMessage(t.Context(), 1, chatwoot.Message{Content: "x"}); return err },
		"contact": func() error { _, err := c.Contact(t.Context(), 1); return err },
	} {
		var e *chatwoot.Error
		if err := ask(); !errors.As(err, &e) || e.Code != chatwoot.CodeNotDone {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSubmittedValues of any program: text, number, truth; what is none of these says nothing.
func TestSubmittedValues(t *testing.T) {
	var m chatwoot.Message
	must(t, json.Unmarshal([]byte(`{"content_attributes":{"submitted_values":[{"name":"n","title":"t","value":"v"},{"name":"age","value":42.5},{"name":"yes","value":true},{"name":"odd","value":[1]},7]}}`), &m))
	want := []chatwoot.SubmittedValue{{Name: "n", Title: "t", Value: "v"}, {Name: "age", Value: "42.5"}, {Name: "yes", Value: "true"}, {Name: "odd"}}
	if got := m.Submitted(); !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	must(t, json.Unmarshal([]byte(`{"content_attributes":{"submitted_values":{"csat_survey_response":{"rating":5}}}}`), &m))
	have(t, "a survey", len(m.Submitted()), 0)
}

func TestConversationMembers(t *testing.T) {
	s, c := start(t, fake.Options{})
	id := talk(t, s)
	must(t, c.SetCustomAttributes(t.Context(), id, chatwoot.Attributes{"a": "1", "b": "2"}))
	must(t, c.MergeCustomAttributes(t.Context(), id, chatwoot.Attributes{"b": "3"}))
	must(t, c.SetPriority(t.Context(), id, chatwoot.Urgent))
	must(t, c.SetTyping(t.Context(), id, true, false))
	conv, err := c.Conversation(t.Context(), id)
	must(t, err)
	have(t, "kept", conv.CustomAttributes.Text("a"), "1")
	have(t, "changed", conv.CustomAttributes.Text("b"), "3")
	have(t, "priority", conv.Priority, chatwoot.Urgent)
	must(t, c.SetCustomAttributes(t.Context(), id, nil))
	must(t, c.SetPriority(t.Context(), id, chatwoot.NoPriority))
	conv, err = c.Conversation(t.Context(), id)
	must(t, err)
	have(t, "attributes", len(conv.CustomAttributes), 0)
	have(t, "no priority", conv.Priority, "")
	if err := c.SetPriority(t.Context(), id, "soon"); !isInvalid(err, 1) {
		t.Errorf("an unknown priority: %v", err)
	}
}
