package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"kefu/internal/fake/wordpress"
)

// The payloads of source 000, as they are printed there.
const (
	source000Create = `{
      "ticket_id": 33,
      "ticket_title": "關於訂單 #8806 商品運送問題",
      "ticket_message": "你好，我想請問我的訂單何時會出貨？謝謝。",
      "channel_name": "#網站-客-0033",
      "sender": "[顧客 - 初始訊息] DemoUser (demo@example.com)",
      "image_url": "https://i.imgur.com/aBcDeFg.png"
    }`
	source000Update = `{
      "ticket_id": 33,
      "sender": "[顧客] DemoUser (demo@example.com)",
      "message": "好的，我了解了，感謝你的回覆。",
      "channel_name": "#網站-客-0033",
      "image_url": null
    }`
	source000Close = `{
      "ticket_id": 33,
      "channel_name": "#網站-客-0033",
      "force_close": true,
      "closed_by": "網站/客戶端"
    }`
)

const (
	question = "你好，我想請問我的訂單何時會出貨？謝謝。"
	thanks   = "好的，我了解了，感謝你的回覆。"
)

// prepare33 gives the site the ticket that source 000 speaks of, without its hooks: the test sends those by itself.
func (r *rig) prepare33() {
	r.t.Helper()
	r.site.SetHook("")
	r.site.CustomerOpens(r.ctx, wordpress.Opening{ID: 33, ImageURL: "https://i.imgur.com/aBcDeFg.png"})
	r.site.SetOrder(33, map[string]any{"order_id": 8806, "status": "shipped", "created_at": "2023-10-27 14:30", "total_amount": "1340", "shipping_fee": "60",
		"items":     []map[string]any{{"name": "龍紋保溫杯", "quantity": 1, "price": "980"}, {"name": "烏龍茶禮盒", "quantity": 2, "price": "150"}},
		"logistics": map[string]string{"carrier": "黑貓宅急便", "tracking_number": "9988-7766"}})
}

func TestSource000DoesWhatTheContractSays(t *testing.T) {
	eachRig(t, options{}, func(r *rig) {
		r.prepare33()

		r.talk.wrote(33, question)
		began := time.Now()
		first := r.accept(r.send("/ticket/create", source000Create))
		if first.TicketID != 33 || first.MessageID == "" || first.Duplicate {
			r.t.Errorf("answer %+v", first)
		}
		tk := r.opened(33)
		r.t.Logf("the card came after %s; TestOpeningIsQuick holds it to 3 s", time.Since(began))
		r.looksAtCard(tk)

		r.talk.wrote(33, thanks)
		second := r.accept(r.send("/ticket/update", source000Update))
		if second.ConversationID != first.ConversationID || second.MessageID == first.MessageID {
			r.t.Errorf("update %+v after create %+v", second, first)
		}
		r.site.CustomerWrites(r.ctx, 33, thanks) // the site has it too, and tells nobody
		r.posted(tk.channel, thanks)

		answer := r.say(tk, "今天就會出貨，明天送達。")
		r.until("the answer is marked", func() bool { return r.bears(answer.ID, "✅") })
		replies := r.site.Replies(33)
		if len(replies) != 1 || replies[0].Sender != "[客服] Amy (Discord)" || replies[0].Text != "今天就會出貨，明天送達。" {
			r.t.Errorf("the site has %+v", replies)
		}

		r.accept(r.send("/ticket/close", source000Close))
		r.gone(tk.channel)
		r.closedAndKept(tk)
	})
}

// looksAtCard looks for all that an opening card must show.
func (r *rig) looksAtCard(tk ticket) {
	r.t.Helper()
	card := r.bot(tk.channel)[0]
	for _, want := range []string{"關於訂單 #8806 商品運送問題", "DemoUser", question, "#8806", "龍紋保溫杯", "烏龍茶禮盒", "1340", "黑貓宅急便", "9988-7766", "33"} {
		if !shows(card, want) {
			r.t.Errorf("the card does not show %q:\n%s", want, visible(card))
		}
	}
	if shows(card, "demo@example.com") {
		r.t.Error("the card shows the customer's whole address")
	}
	if card.Embeds[0].Image == nil && !shows(card, "aBcDeFg.png") {
		r.t.Error("the card does not show the picture")
	}
	for _, button := range []string{"reply", "claim", "ask_close", "order", "contact"} {
		if buttonID(card.Components, button) == "" {
			r.t.Errorf("the card has no button %s", button)
		}
	}
	ch, _ := r.guild.Channel(tk.channel)
	if ch.Name != "網站-客-0033" || !strings.Contains(ch.Topic, "kefu:cnv_") {
		r.t.Errorf("channel %q with topic %q", ch.Name, ch.Topic)
	}
	if r.site.Requests(wordpress.RouteOrder) == 0 {
		r.t.Error("the order was not asked for")
	}
}

// closedAndKept looks at what a close by the site leaves behind: a notice, a transcript, and no close that goes back.
func (r *rig) closedAndKept(tk ticket) {
	r.t.Helper()
	notices := 0
	for _, m := range r.guild.Messages(tk.channel) {
		if m.Author.ID == r.guild.BotID() && shows(m, wordpress.ByCustomer) {
			notices++
		}
	}
	if notices != 1 {
		r.t.Errorf("%d notices of the close, want 1", notices)
	}
	page := r.transcript("客服單")
	for _, want := range []string{question, thanks, "今天就會出貨，明天送達。", "DemoUser", "Amy"} {
		if !strings.Contains(page, want) {
			r.t.Errorf("the transcript lacks %q", want)
		}
	}
	if n := r.site.Requests(wordpress.RouteClose); n != 0 {
		r.t.Errorf("the site's own close came back %d times", n)
	}
}

func TestSource000RestoresAfterALoss(t *testing.T) {
	eachRig(t, options{}, func(r *rig) {
		r.prepare33()
		// The store knows nothing of ticket 33: the update alone must bring the whole ticket back.
		r.talk.wrote(33, question)
		r.talk.wrote(33, thanks)
		r.site.CustomerWrites(r.ctx, 33, thanks)
		r.accept(r.send("/ticket/update", source000Update))
		tk := r.opened(33)
		r.posted(tk.channel, thanks)
		if r.site.Requests(wordpress.RouteGet) == 0 {
			r.t.Error("the history was not asked for")
		}
		r.looksAtCard(tk)

		// While the program is down its channel goes; it is made again with its original name and history.
		r.halt()
		if err := r.guild.DeleteChannel(tk.channel); err != nil {
			r.t.Fatal(err)
		}
		r.start()
		again := r.opened(33)
		r.posted(again.channel, question)
		r.posted(again.channel, thanks)
		for _, q := range r.guild.Requests() {
			if q.Method == http.MethodPatch && strings.HasPrefix(q.Path, "/channels/"+again.channel) && strings.Contains(string(q.Body), `"name"`) {
				r.t.Errorf("the channel was renamed: %s", q.Body)
			}
		}
	})
}
