package switchboard_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"kefu"
	"kefu/internal/store"
	"kefu/internal/switchboard"
)

func TestCardsThroughTheAPI(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		conv := b.take("shop", opening("33", "你好")).ConversationID
		b.alter(func(tx *store.Tx) error {
			for _, a := range []kefu.Article{
				{ID: "art_1", Locale: kefu.LocaleTaiwan, Title: "退貨", Body: "# 七天\n**內**可退", URL: "https://shop.example/help", Published: true},
				{ID: "art_2", Locale: kefu.LocaleTaiwan, Title: "草稿"}} {
				if _, err := tx.InsertArticle(a); err != nil {
					return err
				}
			}
			return nil
		})
		send := func(by kefu.Ask, in switchboard.NewMessage) (switchboard.Message, error) {
			in.ConversationID = conv
			return b.Send(t.Context(), by, in)
		}
		for spelling, raw := range map[string]string{
			"000": `{"order_id":"8806","status":"shipped","created_at":"2026-11-01T02:00:00Z","total_amount":"199.50","shipping_fee":"0","currency":"TWD","items":[{"name":"鞋","quantity":2,"price":"99.75"}]}`,
			"003": `{"order_id":8806,"status":"wc-shipped","create_time":"2026-11-01 10:00","amount":199.50,"shipping_fee":0,"items":[{"name":"鞋","quantity":2,"price":99.75}]}`,
		} {
			m, err := send(program, switchboard.NewMessage{Order: json.RawMessage(raw)}) // in the shop's currency and time zone
			if err != nil {
				t.Fatal(err)
			}
			o := m.Order
			if m.ContentType != kefu.ContentOrderCard || o.ID != "8806" || o.Status != "shipped" || o.TotalAmount != "199.50" || o.ShippingFee != "0" || o.Currency != "TWD" ||
				o.CreatedAt.Hour() != 2 || len(o.Items) != 1 || o.Items[0].Price != "99.75" {
				t.Errorf("%s: %+v", spelling, m)
			}
		}
		m, err := send(program, switchboard.NewMessage{Articles: []kefu.ArticleID{"art_1"}})
		if err != nil || m.ContentType != kefu.ContentArticle || len(m.Articles) != 1 || m.Articles[0] != (kefu.ArticleCard{ID: "art_1", Title: "退貨", Excerpt: "七天\n內可退",
			URL: "https://shop.example/help", Locale: kefu.LocaleTaiwan}) {
			t.Errorf("%+v, %v", m, err)
		}
		if m, err = send(program, switchboard.NewMessage{Content: "選", Choices: []kefu.Choice{{Label: "A"}}}); err != nil || m.ContentType != kefu.ContentText {
			t.Errorf("what can be pressed below a text: %+v, %v", m, err)
		}
		option := []kefu.Choice{{Label: "A", Value: "a"}}
		for name, c := range map[string]struct {
			by     kefu.Ask
			in     switchboard.NewMessage
			faults string
		}{
			"nothing":              {program, switchboard.NewMessage{}, "content"},
			"no form":              {program, switchboard.NewMessage{ContentType: kefu.ContentForm, Content: "x"}, "form"},
			"no choices":           {program, switchboard.NewMessage{ContentType: kefu.ContentChoice, Content: "x"}, "choices"},
			"no value":             {program, switchboard.NewMessage{ContentType: kefu.ContentChoice, Choices: []kefu.Choice{{Label: "A"}}}, "choices"},
			"alike":                {program, switchboard.NewMessage{ContentType: kefu.ContentChoice, Choices: slices.Concat(option, option)}, "choices"},
			"no order":             {program, switchboard.NewMessage{ContentType: kefu.ContentOrderCard}, "order"},
			"no id":                {program, switchboard.NewMessage{Order: json.RawMessage(`{"items":[]}`)}, "order"},
			"a word of the shop's": {program, switchboard.NewMessage{Order: json.RawMessage(`{"order_id":1,"status":"checkout-draft"}`)}, "order.status"},
			"no amounts": {program, switchboard.NewMessage{Order: json.RawMessage(`{"order_id":1,"total_amount":"1,280","shipping_fee":"NT$5","created_at":"yesterday",
				"items":[{"name":"鞋","price":"1e3"},{"name":"襪"}]}`)}, "order.total_amount order.shipping_fee order.created_at order.items[0].price"},
			"no goods":     {program, switchboard.NewMessage{Order: json.RawMessage(`{"order_id":1,"items":["鞋",{"name":"襪"}]}`)}, "order.items[0]"},
			"two orders":   {program, switchboard.NewMessage{Order: json.RawMessage(`[{"order_id":1},{"order_id":2}]`)}, "order"},
			"unknown":      {program, switchboard.NewMessage{ContentType: "card", Content: "x"}, "content_type"},
			"two kinds":    {program, switchboard.NewMessage{Form: returns(), Order: json.RawMessage(`{"order_id":1}`)}, "order"},
			"another kind": {program, switchboard.NewMessage{ContentType: kefu.ContentText, Content: "x", Form: returns()}, "form"},
			"wrong form and article": {program, switchboard.NewMessage{Articles: []kefu.ArticleID{"art_2"}, ContentType: kefu.ContentArticle,
				Form: &switchboard.NewForm{Fields: []kefu.FormField{{Name: "a", Label: "A", Type: "date"}, {Name: "a", Type: kefu.FieldText}}}},
				"form form.fields[0].type form.fields[1].name form.fields[1].label articles"},
			"a contact's": {program, switchboard.NewMessage{Form: returns(), SenderType: kefu.AuthorContact}, "form"},
			"not a contact's": {program, switchboard.NewMessage{Content: "x", Answer: &switchboard.NewAnswer{MessageID: "msg_none"}},
				"answer answer answer.message_id"},
		} {
			_, err := send(c.by, c.in)
			var fields []string
			for part := range strings.SplitSeq(strings.TrimPrefix(fmt.Sprint(err), "the message cannot be sent: "), "; ") {
				fields = append(fields, strings.Fields(part)[0])
			}
			if kefu.KindOf(err) != kefu.KindInvalid || strings.Join(fields, " ") != c.faults {
				t.Errorf("%s: %v, want faults of %s", name, err, c.faults)
			}
		}
	})
}

// TestAnswersOfOthersAreNobodys: who may not see a question may not answer it, and is told no more than of one that is not there.
func TestAnswersOfOthersAreNobodys(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		begin := func(name string) switchboard.Conversation {
			c, err := b.StartConversation(t.Context(), program, switchboard.NewConversation{Contact: &switchboard.NewPerson{Name: name}, Content: "hi"})
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		mine, other := begin("Ann"), begin("Bob")
		theirs := b.asks(other.ID)
		note, err := b.Send(t.Context(), program, switchboard.NewMessage{ConversationID: mine.ID, Form: returns(), Private: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range []kefu.MessageID{theirs, note.ID, "msg_none"} {
			_, err := b.Send(t.Context(), contactAsk(mine.ContactID), switchboard.NewMessage{Answer: &switchboard.NewAnswer{MessageID: id,
				Values: map[string]string{"order": "1", "why": "size"}}})
			if kefu.KindOf(err) != kefu.KindInvalid || !strings.Contains(fmt.Sprint(err), "answer.message_id is not the id") {
				t.Errorf("%s: %v", id, err)
			}
		}
		if n := len(b.answersIn(mine.ID)) + len(b.answersIn(other.ID)); n != 0 {
			t.Errorf("%d answers", n)
		}
	})
}

// TestWhatIsAskedAndAnsweredIsShown: by the API, in events, in the transcript, and to nobody once the person was erased.
func TestWhatIsAskedAndAnsweredIsShown(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		d := b.beginsDialogue("33").says("SECRET-1", "2", "略過", "跳過")
		answer := b.answersIn(d.conv)[0]
		asked, err := b.Message(t.Context(), program.Caller, d.asked)
		if err != nil || asked.Form == nil || len(asked.Form.Fields) != 4 || asked.ContentType != kefu.ContentForm || asked.Filled != nil {
			t.Errorf("%+v, %v", asked, err)
		}
		shown, err := b.Message(t.Context(), program.Caller, answer.ID)
		if err != nil || shown.Filled == nil || shown.Filled.MessageID != d.asked || shown.Filled.Values[1].Shown != "不合身" || shown.Form != nil {
			t.Errorf("%+v, %v", shown, err)
		}
		told := func() string {
			b.events()
			var all []string
			b.view(func(tx *store.Tx) error {
				events, err := tx.EventsSince(0, 1000)
				for _, e := range events {
					all = append(all, string(e.Data))
				}
				return err
			})
			return strings.Join(all, "\n")
		}
		if got := told(); !strings.Contains(got, `"form":{"title":"退貨申請"`) || !strings.Contains(got, `"filled":{"message_id":"`+string(d.asked)+`"`) {
			t.Errorf("events: %s", got)
		}
		export, err := b.ExportContact(t.Context(), operator(), kefu.ContactID(answer.Author.ID))
		raw, _ := json.Marshal(export)
		if err != nil || !strings.Contains(string(raw), `"label":"訂單編號","value":"SECRET-1"`) {
			t.Errorf("export: %s, %v", raw, err)
		}
		b.asks(d.conv)
		d.says("SECRET-2") // and the next question waits
		if _, err := b.EraseContact(t.Context(), operator(), kefu.ContactID(answer.Author.ID)); err != nil {
			t.Fatal(err)
		}
		left := told()
		for _, m := range b.messages(d.conv) {
			left += fmt.Sprintf("%+v", m)
			if m.Content.Answer != nil || m.Content.Form != nil {
				t.Errorf("left: %+v", m)
			}
		}
		b.view(func(tx *store.Tx) error {
			at, there, err := tx.Dialogue(d.conv)
			if there || err != nil {
				t.Errorf("a dialogue is left: %+v, %v", at, err)
			}
			return nil
		})
		if strings.Contains(left, "SECRET") {
			t.Errorf("left: %s", left)
		}
	})
}
