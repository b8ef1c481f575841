package e2e

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"kefu/internal/fake/discord"
	"kefu/internal/fake/wordpress"
)

func TestChannelDeletedByHand(t *testing.T) {
	eachRig(t, options{}, func(r *rig) {
		tk := r.open(1)
		r.write(1, "刪除之前")
		r.posted(tk.channel, "刪除之前")
		if err := r.guild.DeleteChannel(tk.channel); err != nil {
			r.t.Fatal(err)
		}
		r.posted(r.notes, "被刪除")
		r.write(1, "刪除之後")
		again := r.opened(1)
		if again.channel == tk.channel {
			r.t.Fatal("the channel was not deleted")
		}
		r.posted(again.channel, "刪除之前") // the history
		r.posted(again.channel, "刪除之後")
		r.say(again, "還在這裡")
	})
}

func TestChannelDeletedWhileDown(t *testing.T) {
	eachRig(t, options{}, func(r *rig) {
		tk := r.open(1)
		r.write(1, "停機之前")
		r.posted(tk.channel, "停機之前")
		r.halt()
		if err := r.guild.DeleteChannel(tk.channel); err != nil {
			r.t.Fatal(err)
		}
		r.lose(1, "停機之中")
		r.start()
		again := r.opened(1)
		r.posted(again.channel, "停機之前")
		r.posted(again.channel, "停機之中")
		r.say(again, "回來了")
		r.balanced()
		for _, text := range []string{firstText(1), "停機之前", "停機之中"} {
			if n := r.count(again.channel, text); n != 1 {
				r.t.Errorf("%q is there %d times", text, n)
			}
		}
	})
}

// TestStaffWriteWhileDown relays what they wrote, once and in order, also when the same start is made twice.
func TestStaffWriteWhileDown(t *testing.T) {
	eachRig(t, options{}, func(r *rig) {
		one, two := r.open(1), r.open(2)
		r.say(one, "停機之前")
		r.until("it arrived", func() bool { return len(r.site.Replies(1)) == 1 })
		r.halt()
		for _, text := range []string{"停機一", "停機二", "停機三"} {
			r.say(one, text)
			r.say(two, text+"（二號）")
		}
		r.start()
		r.balanced()
		r.restart()
		r.say(one, "再開機之後")
		r.balanced()
	})
}

func TestLostHooksAreFoundAtTheStart(t *testing.T) {
	eachRig(t, options{}, func(r *rig) {
		tk := r.open(1)
		r.halt()
		r.lose(1, "遺失一")
		r.lose(1, "遺失二")
		r.start()
		r.posted(tk.channel, "遺失一")
		r.posted(tk.channel, "遺失二")
		r.until("it is told", func() bool {
			return strings.Contains(fetch(r.base()+"/metrics").body, "kefu_messages_recovered_total 2")
		})
		if !strings.Contains(r.log.String(), "recovered=2") {
			r.t.Error("the log does not tell what was recovered")
		}
	})
}

func TestLostHooksAreFoundByTheSweep(t *testing.T) {
	eachRig(t, options{shop: settings{"sweep_every": "1s"}}, func(r *rig) {
		tk := r.open(1)
		r.site.DropHooks(2)
		r.lose(1, "遺失一")
		r.lose(1, "遺失二")
		r.posted(tk.channel, "遺失二")
		r.balanced()
		// A hook that was only late is the same message.
		r.accept(r.send("/ticket/update", updateBody(1, "遺失二"), header("webhook-id", "late")))
		r.write(1, "之後")
		r.posted(tk.channel, "之後")
		if n := r.count(tk.channel, "遺失二"); n != 1 {
			r.t.Errorf("the late hook made it %d", n)
		}
		r.site.DropHooks(1)
		r.site.CustomerCloses(r.ctx, 1, wordpress.ByCustomer) // a lost close is found as well
		r.gone(tk.channel)
	})
}

func TestOurOwnReplyComingBackIsNoMessage(t *testing.T) {
	eachRig(t, options{site: wordpress.Options{Echo: true}, shop: settings{"sweep_every": "1s"}}, func(r *rig) {
		tk := r.open(1)
		for _, text := range []string{"一樣的話", "別的話"} {
			m := r.say(tk, text)
			r.until("✅", func() bool { return r.bears(m.ID, "✅") })
		}
		r.write(1, "一樣的話") // but the customer may say the same
		r.posted(tk.channel, "一樣的話")
		asked := r.site.Requests(wordpress.RouteGet)
		r.restart() // the comparison sees our replies in ticket/get
		r.until("the site was asked", func() bool { return r.site.Requests(wordpress.RouteGet) > asked })
		r.write(1, "結束")
		r.posted(tk.channel, "結束")
		if n := r.count(tk.channel, "一樣的話") + r.count(tk.channel, "別的話"); n != 1 {
			r.t.Errorf("%d posts, want the customer's alone", n)
		}
	})
}

// TestLongTextWithACodeFence is 6,000 characters: parts in order, each a whole of its own.
func TestLongTextWithACodeFence(t *testing.T) {
	var b strings.Builder
	b.WriteString("記錄如下：\n```\n")
	for b.Len() < 6000 {
		b.WriteString("2026-01-02 03:04:05 ERROR something went wrong here\n")
	}
	b.WriteString("```\n就是這樣。")
	long := b.String()
	eachRig(t, options{}, func(r *rig) {
		tk := r.open(1)
		if res := r.site.CustomerWrites(r.ctx, 1, long); res.Status != 200 {
			r.t.Fatalf("answered %d", res.Status)
		}
		r.write(1, "後面的訊息")
		r.posted(tk.channel, "後面的訊息")
		parts, whole := 0, ""
		for _, m := range r.bot(tk.channel) {
			d := m.Embeds[0].Description
			if !strings.Contains(d, "```") && !shows(m, "就是這樣") {
				continue
			}
			parts++
			whole += d
			if strings.Count(d, "```")%2 != 0 {
				r.t.Errorf("a part leaves its fence open:\n%s", d)
			}
			if len([]rune(d)) > 2000 {
				r.t.Errorf("a part has %d characters", len([]rune(d)))
			}
		}
		if parts < 3 {
			r.t.Errorf("%d parts, want at least 3", parts)
		}
		if n, want := strings.Count(whole, "ERROR"), strings.Count(long, "ERROR"); n != want {
			r.t.Errorf("%d lines arrived of %d", n, want)
		}
		last := r.bot(tk.channel)
		if !shows(last[len(last)-1], "後面的訊息") {
			r.t.Error("what came later does not stand below")
		}
	})
}

func TestCustomersNeverPing(t *testing.T) {
	eachRig(t, options{guild: discord.Options{BotPermissions: discord.HelpdeskPermissions | discord.MentionEveryone}}, func(r *rig) {
		text := "@everyone @here <@" + r.guild.BotID() + "> <@&123> [點我](http://evil.example) *粗* # 大"
		tk := r.open(1)
		r.write(1, text)
		r.posted(tk.channel, "@everyone")
		for _, m := range r.guild.Ledger() {
			if m.MentionEveryone || len(m.Mentions) > 0 || len(m.MentionRoles) > 0 {
				r.t.Errorf("it pinged: %s", visible(m))
			}
		}
	})
}

func TestPictureAtAPrivateAddressIsNotFetched(t *testing.T) {
	eachRig(t, options{config: settings{"egress": settings{"allow": []string{}}}}, func(r *rig) {
		var asked atomic.Int64
		private := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
		defer private.Close()
		r.talk.wrote(1, firstText(1))
		_, res := r.site.CustomerOpens(r.ctx, wordpress.Opening{ID: 1, Text: firstText(1), ImageURL: private.URL + "/picture.png"})
		if res.Status != 200 {
			r.t.Fatalf("answered %d %s", res.Status, res.Body)
		}
		tk := r.opened(1)
		r.posted(tk.channel, "內部位址")
		for _, m := range r.bot(tk.channel) {
			for _, e := range m.Embeds {
				if e.Image != nil || e.Thumbnail != nil {
					r.t.Error("the private address was handed to Discord")
				}
			}
		}
		if n := asked.Load(); n != 0 {
			r.t.Errorf("the private address was asked %d times", n)
		}
	})
}

func TestWhatCannotBeStoredIsCleaned(t *testing.T) {
	eachRig(t, options{}, func(r *rig) {
		tk := r.open(1)
		r.accept(r.send("/ticket/update", `{"ticket_id":"1","message":"零\u0000字元","channel_name":"#網站\u0000-客-0001","sender":"[顧客] De\u0000mo"}`))
		r.posted(tk.channel, "零字元")
		r.accept(r.send("/ticket/update", "{\"ticket_id\":1,\"message\":\"壞\xff\xfe字\",\"channel_name\":\"#網站-客-0001\",\"sender\":\"[顧客] Demo\"}"))
		r.posted(tk.channel, "字")
		r.accept(r.send("/ticket/update", `{"ticket_id":1,"message":"半個 \ud83d 字","channel_name":"#網站-客-0001","sender":"[顧客] Demo"}`))
		r.posted(tk.channel, "半個")
		r.accept(r.send("/ticket/update", `{"ticket_id":1,"message":"不是網址","image_url":"javascript:alert(1)","channel_name":"#網站-客-0001","sender":"[顧客] Demo"}`))
		r.posted(tk.channel, "不是網址")
		r.balanced()
	})
}
