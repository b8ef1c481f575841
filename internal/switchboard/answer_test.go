package switchboard_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/store"
	"kefu/internal/switchboard"
)

// returns is a form with a field of each kind.
func returns() *switchboard.NewForm {
	return &switchboard.NewForm{Title: "退貨申請", Fields: []kefu.FormField{
		{Name: "order", Label: "訂單編號", Type: kefu.FieldText, Required: true},
		{Name: "why", Label: "原因", Type: kefu.FieldSelect, Required: true, Options: []kefu.Choice{
			{Label: "損壞", Value: "broken"}, {Label: "不合身", Value: "size"}, {Label: "其他", Value: "other"}}},
		{Name: "email", Label: "電子郵件", Type: kefu.FieldEmail},
		{Name: "more", Label: "說明", Type: kefu.FieldArea, Default: "無"},
	}}
}

// asks has the shop's program ask for a form in a conversation.
func (b *board) asks(conv kefu.ConversationID) kefu.MessageID {
	b.t.Helper()
	m, err := b.Send(b.t.Context(), program, switchboard.NewMessage{ConversationID: conv, Form: returns()})
	if err != nil {
		b.t.Fatal(err)
	}
	return m.ID
}

// answersIn lists the answers of a conversation.
func (b *board) answersIn(conv kefu.ConversationID) (all []store.Message) {
	b.t.Helper()
	for _, m := range b.messages(conv) {
		if m.Content.Answer != nil {
			all = append(all, m)
		}
	}
	return all
}

// rich is a message in a thread of the inbox that shows forms.
func rich(thread, key string) connector.Inbound {
	return connector.Inbound{Kind: connector.InMessage, ThreadID: thread, Key: key, Sender: connector.Sender{Kind: kefu.AuthorContact, ID: "u-" + thread, Name: "Demo"}}
}

func natively(thread, key string, id kefu.MessageID, filled map[string]string) connector.Inbound {
	in := rich(thread, key)
	in.Content.Answer, in.Filled = &kefu.Answer{MessageID: id}, filled
	return in
}

func (b *board) talksRichly(thread string) kefu.ConversationID {
	b.t.Helper()
	in := rich(thread, "m:first-"+thread)
	in.Content.Text = "hello"
	return b.take("rich", in).ConversationID
}

// showsAs notes that a thread knows a message of ours by an id of its own.
func (b *board) showsAs(id kefu.MessageID, inbox kefu.InboxID, external string) {
	b.t.Helper()
	b.alter(func(tx *store.Tx) error {
		all, err := tx.DeliveriesOf(id)
		for _, d := range all {
			if d.InboxID == inbox {
				batch := tx.Batch()
				batch.SavePart(d.Delivery, store.Part{ExternalID: external})
				_, err = batch.Run()
			}
		}
		return err
	})
}

// TestTheSameAnswerByEveryMedium fills in the same form everywhere: what is stored is the same to the byte.
func TestTheSameAnswerByEveryMedium(t *testing.T) {
	filled := map[string]string{"order": "A-1001", "why": "size", "email": "", "more": "無"}
	media := []struct {
		name string
		fill func(b *board) kefu.ConversationID
	}{
		{"texts", func(b *board) kefu.ConversationID {
			conv := b.take("shop", opening("33", "退貨")).ConversationID
			b.asks(conv)
			for _, text := range []string{" A-1001\n", "２、", "略過", "「略過」"} {
				b.queue("shop")
				b.take("shop", writing("33", text))
			}
			return conv
		}},
		{"native, by our id", func(b *board) kefu.ConversationID {
			conv := b.talksRichly("1")
			b.take("rich", natively("1", "i:1", b.asks(conv), filled))
			return conv
		}},
		{"native, by the thread's id", func(b *board) kefu.ConversationID {
			conv := b.talksRichly("2")
			b.showsAs(b.asks(conv), "rich", "cw-77")
			in := rich("2", "m:a")
			in.AnswerTo, in.Filled = "cw-77", filled
			b.take("rich", in)
			return conv
		}},
		{"a program for its contact", func(b *board) kefu.ConversationID {
			conv := b.take("shop", opening("34", "退貨")).ConversationID
			_, err := b.Send(b.t.Context(), program, switchboard.NewMessage{SenderType: kefu.AuthorContact,
				Answer: &switchboard.NewAnswer{MessageID: b.asks(conv), Values: map[string]string{"order": "A-1001", "why": "不合身", "more": "無"}}})
			if err != nil {
				b.t.Fatal(err)
			}
			return conv
		}},
		{"a contact", func(b *board) kefu.ConversationID {
			begun, err := b.StartConversation(b.t.Context(), program, switchboard.NewConversation{Contact: &switchboard.NewPerson{Name: "Lin"}, Content: "退貨"})
			if err != nil {
				b.t.Fatal(err)
			}
			_, err = b.Send(b.t.Context(), contactAsk(begun.ContactID), switchboard.NewMessage{
				Answer: &switchboard.NewAnswer{MessageID: b.asks(begun.ID), Values: filled}})
			if err != nil {
				b.t.Fatal(err)
			}
			return begun.ID
		}},
	}
	const want = `[{"name":"order","label":"訂單編號","value":"A-1001"},{"name":"why","label":"原因","value":"size","shown":"不合身"},` +
		`{"name":"email","label":"電子郵件","value":""},{"name":"more","label":"說明","value":"無"}]`
	each(t, []kefu.InboxID{"guild"}, func(t *testing.T, b *board) {
		for _, medium := range media {
			conv := medium.fill(b)
			got := b.answersIn(conv)
			if len(got) != 1 {
				t.Errorf("%s: %d answers in %s", medium.name, len(got), b.texts(conv))
				continue
			}
			m := got[0]
			values, err := json.Marshal(m.Content.Answer.Values)
			if err != nil || string(values) != want {
				t.Errorf("%s: %s, %v", medium.name, values, err)
			}
			if m.Content.Type != kefu.ContentForm || m.Author.Kind != kefu.AuthorContact || m.Author.ID == "" || m.Private || len(m.Meta.Notes) > 0 ||
				m.Content.Text != "訂單編號: A-1001\n原因: 不合身\n電子郵件: –\n說明: 無" {
				t.Errorf("%s: %+v", medium.name, m)
			}
			if asked := m.Content.Answer.MessageID; asked == "" || asked == m.ID {
				t.Errorf("%s: it answers %q", medium.name, asked)
			}
		}
	})
}

func TestWhatAnswersNothingIsKeptAsText(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		conv, other := b.talksRichly("1"), b.talksRichly("2")
		ours, theirs := b.asks(conv), b.asks(other)
		recalled := b.asks(conv)
		if _, err := b.RecallMessage(t.Context(), program, recalled); err != nil {
			t.Fatal(err)
		}
		filled := map[string]string{"why": "size", "order": "A-1"}
		cases := map[string]connector.Inbound{
			"unknown":  natively("1", "i:1", "msg_none", filled),
			"theirs":   natively("1", "i:2", theirs, filled),
			"recalled": natively("1", "i:3", recalled, filled),
			"no form":  natively("1", "i:4", b.messages(conv)[0].ID, filled),
			"nothing":  natively("1", "i:5", "", filled),
		}
		strange := rich("1", "m:strange")
		strange.AnswerTo, strange.Filled, strange.Content.Text = "cw-404", filled, "here"
		cases["unknown there"] = strange
		for name, in := range cases {
			id := b.take("rich", in).MessageID
			var m store.Message
			b.view(func(tx *store.Tx) (err error) {
				m, err = tx.Message(id)
				return err
			})
			want := "order: A-1\nwhy: size"
			if in.Content.Text != "" {
				want = "here\n" + want
			}
			if m.Content.Answer != nil || m.Content.Type != kefu.ContentText || m.Content.Text != want || len(m.Meta.Notes) != 1 {
				t.Errorf("%s: %+v", name, m)
			}
		}
		if n := len(b.answersIn(conv)) + len(b.answersIn(other)); n != 0 {
			t.Errorf("%d answers", n)
		}
		b.take("rich", natively("1", "i:6", ours, filled))
		b.take("rich", natively("1", "i:6", ours, filled)) // told twice
		b.take("rich", natively("1", "i:7", ours, map[string]string{"why": "broken", "order": "A-2"}))
		if got := b.answersIn(conv); len(got) != 2 || got[0].Content.Answer.Values[0].Value != "A-1" || got[1].Content.Answer.Values[0].Value != "A-2" {
			t.Errorf("the same form again: %+v", got)
		}
	})
}

func TestWrongAnswers(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		conv := b.talksRichly("1")
		id := b.asks(conv)
		b.showsAs(id, "rich", "cw-1")
		wrong := map[string]string{"why": "nothing", "email": "at home"}
		before := len(b.messages(conv))
		res := b.take("rich", natively("1", "i:1", id, wrong))
		want := []connector.FieldFault{{Name: "order", Label: "訂單編號", Fault: kefu.FaultNeeded}, {Name: "why", Label: "原因", Fault: kefu.FaultOption},
			{Name: "email", Label: "電子郵件", Fault: kefu.FaultEmail}}
		if res.View == nil || res.View.Refused != connector.RefusedInvalid || res.MessageID != "" {
			t.Fatalf("where the form is still shown: %+v", res)
		}
		if diff := cmp.Diff(want, res.View.Faults); diff != "" {
			t.Error(diff)
		}
		if n := len(b.messages(conv)); n != before {
			t.Errorf("%d messages of what was refused", n-before)
		}
		inThread := rich("1", "m:1")
		inThread.AnswerTo, inThread.Filled = "cw-1", wrong
		late := natively("1", "i:2", id, wrong)
		late.Recovered = true
		for name, in := range map[string]connector.Inbound{"in the thread": inThread, "found later": late} {
			b.take("rich", in)
			all := b.answersIn(conv)
			m := all[len(all)-1]
			if len(m.Meta.Notes) != 3 || !strings.Contains(m.Meta.Notes[2], "email is no e-mail address") || m.Content.Answer.Values[2].Value != "at home" {
				t.Errorf("%s: %+v", name, m)
			}
		}
		_, err := b.Send(t.Context(), program, switchboard.NewMessage{SenderType: kefu.AuthorContact, ContentType: kefu.ContentChoice,
			Answer: &switchboard.NewAnswer{MessageID: id, Values: map[string]string{"why": "nothing", "email": "at home", "when": "now"}}})
		wantKind(t, "through the API", err, kefu.KindInvalid)
		for _, field := range []string{"content_type", "answer.values.order", "answer.values.why", "answer.values.email", "answer.values.when"} {
			if !strings.Contains(fmt.Sprint(err), field) {
				t.Errorf("%v does not name %s", err, field)
			}
		}
	})
}

// TestARefusedAnswerOpensNothing: what is refused must not have woken the conversation.
func TestARefusedAnswerOpensNothing(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		conv := b.talksRichly("1")
		id := b.asks(conv)
		b.alter(func(tx *store.Tx) error { return tx.SetStatus(conv, kefu.StatusClosed, tx.Now, "Amy") })
		status := func() (s kefu.Status) {
			b.view(func(tx *store.Tx) error {
				c, err := tx.Conversation(conv)
				s = c.Status
				return err
			})
			return s
		}
		b.take("rich", natively("1", "i:3", id, map[string]string{"why": "?"}))
		if got := status(); got != kefu.StatusClosed {
			t.Errorf("refused, and it is %s", got)
		}
		b.take("rich", natively("1", "i:4", id, map[string]string{"why": "size", "order": "A-1"}))
		if got := status(); got != kefu.StatusOpen || len(b.answersIn(conv)) != 1 {
			t.Errorf("answered, and it is %s", got)
		}
	})
}
