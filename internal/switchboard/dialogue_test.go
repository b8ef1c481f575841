package switchboard_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/store"
	"kefu/internal/switchboard"
)

// dialogueOf is a shop's ticket in which a form is asked field by field.
type dialogueOf struct {
	*board
	conv   kefu.ConversationID
	ticket string
	asked  kefu.MessageID
	sent   *strings.Builder // what the shop was sent
}

func (b *board) beginsDialogue(ticket string) dialogueOf {
	b.t.Helper()
	conv := b.take("shop", opening(ticket, "退貨 "+ticket)).ConversationID
	return dialogueOf{b, conv, ticket, b.asks(conv), new(strings.Builder)}
}

// reads has everything arrive that was said to the customer.
func (d dialogueOf) reads() dialogueOf {
	d.t.Helper()
	d.sent.WriteString(d.queue("shop") + " ")
	return d
}

// says has the customer read and write.
func (d dialogueOf) says(texts ...string) dialogueOf {
	d.t.Helper()
	for _, text := range texts {
		d.reads().take("shop", writing(d.ticket, text))
	}
	return d
}

// last is the newest message.
func (d dialogueOf) last() store.Message {
	all := d.messages(d.conv)
	return all[len(all)-1]
}

// asks wants the newest message to be the question for a field, or none with step 0.
func (d dialogueOf) wants(what string, step int, fault string) {
	d.t.Helper()
	m := d.last()
	form := m.Content.Form
	if step == 0 {
		if form != nil {
			d.t.Errorf("%s: field %d is asked: %s", what, form.Step, d.texts(d.conv))
		}
		return
	}
	if form == nil || form.Step != step || form.Fault != fault || m.Author.Kind != kefu.AuthorSystem || m.Private || len(form.Fields) != 4 || len(form.Fields[step-1].Label) == 0 {
		d.t.Errorf("%s: want field %d (%s): %+v", what, step, fault, m)
	}
}

// askedAgo has the question that waits be asked some time ago.
func (d dialogueOf) askedAgo(ago time.Duration) {
	d.t.Helper()
	d.alter(func(tx *store.Tx) error {
		tx.Now = tx.Now.Add(-ago)
		at, _, err := tx.Dialogue(d.conv)
		if err != nil {
			return err
		}
		return tx.MoveDialogue(d.conv, at)
	})
}

func TestADialogue(t *testing.T) {
	desk := []kefu.InboxID{"guild"}
	each(t, desk, func(t *testing.T, b *board) {
		d := b.beginsDialogue("33")
		if whole := d.last(); whole.Content.Form.Step != 0 || len(whole.Content.Form.Fields[1].Options) != 3 {
			t.Errorf("what is stored is not the whole form: %+v", whole.Content.Form)
		}
		if shown := b.AsShown("shop", d.last().Message); shown.Content.Form.Step != 1 || d.last().Content.Form.Step != 0 {
			t.Error("what is shown does not begin with the first question")
		}
		if shown := b.AsShown("rich", d.last().Message); shown.Content.Form.Step != 0 {
			t.Error("a side that shows forms is not shown one")
		}
		b.queue("guild")
		d.says("略過").wants("what is needed is left out", 1, kefu.FaultNeeded)
		d.says("A-1001").wants("the first", 2, "")
		if fields := d.last().Content.Form.Fields; len(fields[1].Options) != 3 || fields[0].Required || fields[1].Label != "原因" {
			t.Errorf("a question carries more than it asks: %+v", fields)
		}
		d.says("4").wants("no option", 2, kefu.FaultOption)
		d.take("guild", func() connector.Inbound {
			b.openDesk(d.conv, "guild", "c1")
			return staff("c1", "請慢慢來")
		}())
		b.restart(desk)
		picture := writing("33", "")
		picture.Content.Attachments = []kefu.Attachment{{URL: "https://shop.example/p.png"}}
		d.take("shop", picture)
		d.wants("a picture is no answer", 0, "")
		d.says("(２)").wants("a wide number", 3, "")
		d.says("amy(at)example").wants("no address", 3, kefu.FaultEmail)
		d.says("amy@example.com").wants("the third", 4, "")
		d.says("鞋帶\n斷了")
		if got := d.last(); got.Author.Kind != kefu.AuthorSystem || got.Content.Text != "謝謝，我們收到了。" {
			t.Errorf("at the end: %+v", got)
		}
		all := b.answersIn(d.conv)
		if len(all) != 1 || all[0].Content.Answer.MessageID != d.asked || all[0].SourceLinkID == "" || all[0].Content.Answer.Values[3].Value != "鞋帶\n斷了" {
			t.Fatalf("%+v", all)
		}
		// The desk saw what was said and what came of it, and no question; the customer's side is sent no answer back.
		seen, sent := b.queue("guild"), d.reads().sent.String()
		if !strings.Contains(seen, "A-1001 4") || !strings.Contains(seen, all[0].Content.Text) || strings.Contains(seen, "謝謝") {
			t.Errorf("the desk: %q", seen)
		}
		if strings.Contains(sent, "A-1001") || !strings.Contains(sent, "請慢慢來") || !strings.Contains(sent, "謝謝") {
			t.Errorf("the customer: %q", sent)
		}
		d.says("2").wants("it is over", 0, "")
		if len(b.answersIn(d.conv)) != 1 {
			t.Error("an answer to nothing")
		}
	})
}

// TestNobodyAnswersWhatTheyHaveNotRead: while the question waits for the shop, did not arrive, or was asked after they wrote, what customers
// write is a text like every other.
func TestNobodyAnswersWhatTheyHaveNotRead(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		d := b.beginsDialogue("1")
		d.take("shop", writing("1", "哈囉？"))
		if got := d.last(); got.Author.Kind != kefu.AuthorContact {
			t.Errorf("it waits, and is answered: %+v", got)
		}
		d.says("A-1").wants("it has arrived", 2, "")
		d.take("shop", writing("1", "2"))
		d.reads().wants("the next one waits", 0, "")
		early := writing("1", "2")
		early.OccurredAt = time.Now().Add(-time.Hour)
		d.take("shop", early)
		d.wants("written before it was asked", 0, "")
		d.says("3").wants("read and answered", 3, "")

		lost := b.beginsDialogue("2")
		b.alter(func(tx *store.Tx) error {
			claimed, err := tx.Claim("shop", "test", 100)
			all := tx.Batch()
			for _, one := range claimed {
				all.Finish(one.Delivery, "test", store.Finish{State: kefu.DeliveryFailed, Reason: "refused"})
				all.Promote(one.Line)
			}
			_, errRun := all.Run()
			return errors.Join(err, errRun)
		})
		lost.says("A-1")
		if got := lost.last(); got.Author.Kind != kefu.AuthorContact {
			t.Errorf("it did not arrive, and is answered: %+v", got)
		}
	})
}

func TestADialogueEnds(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		left := b.beginsDialogue("1").says("A-1", " 「取消」。")
		if got := left.last().Content.Text; got != "好的，已取消填寫。" {
			t.Errorf("left: %q", got)
		}
		left.says("2").wants("left", 0, "")

		tired := b.beginsDialogue("2").says("A-1", "一")
		tired.wants("once", 2, kefu.FaultOption)
		tired.says("二").wants("twice", 2, kefu.FaultOption)
		if got := tired.says("三").last().Content.Text; !strings.HasPrefix(got, "這張表單就先不填了") {
			t.Errorf("asked too often: %q", got)
		}
		tired.says("2").wants("given up", 0, "")

		closed := b.beginsDialogue("3").says("A-1")
		in := writing("3", "")
		in.Kind, in.Status, in.Force, in.ClosedBy = connector.InStatus, kefu.StatusClosed, true, "網站/客戶端"
		b.take("shop", in)
		closed.says("2").wants("closed", 0, "")

		newer := b.beginsDialogue("4").says("A-1")
		newer.asked = b.asks(newer.conv)
		newer.says("A-2").wants("the newer form", 2, "")
		newer.says("1", "略過", "跳過")
		if all := b.answersIn(newer.conv); len(all) != 1 || all[0].Content.Answer.MessageID != newer.asked || all[0].Content.Answer.Values[0].Value != "A-2" {
			t.Errorf("%+v", all)
		}

		elsewhere := b.beginsDialogue("5").says("A-1")
		_, err := b.Send(t.Context(), program, switchboard.NewMessage{SenderType: kefu.AuthorContact, Answer: &switchboard.NewAnswer{
			MessageID: elsewhere.asked, Values: map[string]string{"order": "A-9", "why": "size"}}})
		if err != nil {
			t.Fatal(err)
		}
		elsewhere.says("2").wants("answered elsewhere", 0, "")

		recalled := b.beginsDialogue("6").says("A-1")
		if _, err := b.RecallMessage(t.Context(), program, recalled.asked); err != nil {
			t.Fatal(err)
		}
		recalled.says("2").wants("recalled", 0, "")

		late := b.beginsDialogue("7").says("A-1")
		late.askedAgo(25 * time.Hour)
		late.says("2").wants("a day later", 0, "")
		for _, d := range []dialogueOf{left, tired, closed, recalled, late} {
			if all := b.answersIn(d.conv); len(all) != 0 {
				t.Errorf("ticket %s: %+v", d.ticket, all)
			}
		}
	})
}

// TestADoubledTextAnswersOnce: the hook of one answer that comes twice must not answer the next question; who says the same again does.
func TestADoubledTextAnswersOnce(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		d := b.beginsDialogue("1").says("2")
		d.askedAgo(-time.Minute) // just now, however slow this machine is
		d.says("2").wants("doubled", 2, "")
		d.askedAgo(10 * time.Second)
		d.says("2").wants("said again", 3, "")
		d.says("略過")
		d.askedAgo(10 * time.Second)
		d.says("略過")
		if all := b.answersIn(d.conv); len(all) != 1 || all[0].Content.Answer.Values[0].Value != "2" || all[0].Content.Answer.Values[1].Value != "size" {
			t.Errorf("%+v", all)
		}
	})
}

func TestChoicesInTexts(t *testing.T) {
	picks := []kefu.Choice{{Label: "2 件", Value: "two"}, {Label: "退款", Value: "refund"}, {Label: "規定", URL: "https://shop.example/rules"}}
	each(t, nil, func(t *testing.T, b *board) {
		ask := func(ticket string, kind kefu.ContentType, private bool) dialogueOf {
			conv := b.take("shop", opening(ticket, "退貨 "+ticket)).ConversationID
			m, err := b.Send(t.Context(), program, switchboard.NewMessage{ConversationID: conv, Content: "怎麼處理？", ContentType: kind, Choices: picks, Private: private})
			if err != nil {
				t.Fatal(err)
			}
			return dialogueOf{b, conv, ticket, m.ID, new(strings.Builder)}
		}
		for i, text := range []string{"2", "退款", "refund"} {
			d := ask([]string{"1", "2", "3"}[i], kefu.ContentChoice, false).says(text)
			got := d.last()
			if got.Content.Answer == nil || got.Content.Type != kefu.ContentChoice || got.Content.Answer.Values[0] != (kefu.AnswerValue{Name: kefu.ChoiceField,
				Label: "怎麼處理？", Value: "refund", Shown: "退款"}) {
				t.Errorf("%s: %+v", text, got)
			}
		}
		picks = append(picks, kefu.Choice{Label: "取消", Value: "cancel"})
		for ticket, text := range map[string]string{"11": "取消", "12": "cancel", "13": "3"} {
			if got := ask(ticket, kefu.ContentChoice, false).says(text).last(); got.Content.Answer == nil || got.Content.Answer.Values[0].Value != "cancel" {
				t.Errorf("an option that is called as leaving is: %s: %+v", text, got)
			}
		}
		picks = picks[:len(picks)-1]
		d := ask("4", kefu.ContentChoice, false).says("我想想")
		if got := d.last().Content.Form; got == nil || got.Fault != kefu.FaultOption || got.Step != 1 || len(got.Fields[0].Options) != 2 {
			t.Errorf("asked once more: %+v", got)
		}
		if got := d.says("還是算了吧").last(); got.Author.Kind != kefu.AuthorContact {
			t.Errorf("who has something else to say is let be: %+v", got)
		}
		if got := d.says("2").last(); got.Content.Answer != nil {
			t.Errorf("asked no more: %+v", got)
		}
		for ticket, d := range map[string]dialogueOf{"5": ask("5", "", false), "6": ask("6", kefu.ContentChoice, true)} {
			if got := d.says("2").last(); got.Content.Answer != nil {
				t.Errorf("%s: no question of the customer's: %+v", ticket, got)
			}
		}
	})
}

// TestTheBotLeavesAnswersAlone: what is said to a form is no question for the bot, and everything else is.
func TestTheBotLeavesAnswersAlone(t *testing.T) {
	town(t, nil, func(t *testing.T, b *village) {
		conv := b.take("town", dm("ann", "How do I return it?")).ConversationID
		b.answers(b.turn(), found)
		b.asks(conv)
		turns := func() int {
			all, err := b.Turns(t.Context(), 10)
			if err != nil {
				t.Fatal(err)
			}
			return len(all)
		}
		says := func(text string) {
			b.queue("town")
			b.take("town", dm("ann", text))
		}
		says("A-1")
		says("9")
		if n := turns(); n != 0 {
			t.Errorf("the bot owes %d answers to a form", n)
		}
		says("cancel everything")
		says("really")
		if n := turns(); n != 1 {
			t.Errorf("the bot owes %d answers to what was said instead", n)
		}
	})
}

func TestOldDialoguesAreForgotten(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		d := b.beginsDialogue("1").says("A-1")
		b.alter(func(tx *store.Tx) error {
			tx.Now = tx.Now.Add(25 * time.Hour)
			_, err := tx.PurgeExpired(10)
			return err
		})
		b.view(func(tx *store.Tx) error {
			if at, there, err := tx.Dialogue(d.conv); there || err != nil {
				t.Errorf("%+v, %v", at, err)
			}
			return nil
		})
	})
}
