package e2e

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"kefu/internal/fake/discord"
	"kefu/internal/fake/wordpress"
)

var (
	anyMessage = regexp.MustCompile(`^/channels/\d+/messages$`)
	anyOpening = regexp.MustCompile(`^/guilds/\d+/channels$`)
)

// TestDiscordFails lets the opening of a channel and two messages suffer while customers and staff go on.
func TestDiscordFails(t *testing.T) {
	for name, f := range map[string]discord.Fault{
		"slow":               {Kind: discord.FaultDelay, Delay: 700 * time.Millisecond},
		"slow answers":       {Kind: discord.FaultDelayAfter, Delay: 700 * time.Millisecond},
		"429 as JSON":        {Kind: discord.FaultLimitJSON, RetryAfter: 300 * time.Millisecond},
		"429 as HTML":        {Kind: discord.FaultLimitHTML, RetryAfter: time.Second},
		"429 for everything": {Kind: discord.FaultLimitGlobal, RetryAfter: 300 * time.Millisecond},
		"500 as JSON":        {Kind: discord.FaultErrorJSON, Status: 500},
		"500 as HTML":        {Kind: discord.FaultErrorHTML, Status: 500},
		"502 as HTML":        {Kind: discord.FaultErrorHTML, Status: 502},
		"reset before":       {Kind: discord.FaultResetBefore},
		"done, then reset":   {Kind: discord.FaultResetAfter},
		"done, answer lost":  {Kind: discord.FaultDropAfter},
	} {
		t.Run(name, func(t *testing.T) {
			eachRig(t, options{}, func(r *rig) {
				opening, message := f, f
				opening.Method, opening.Path, opening.Count = http.MethodPost, anyOpening, 1
				message.Method, message.Path, message.Count = http.MethodPost, anyMessage, 2
				r.guild.Inject(opening)
				r.guild.Inject(message)
				r.create(1)
				r.write(1, "第一句")
				tk := r.opened(1)
				for n := range 3 {
					r.write(1, fmt.Sprintf("第 %d 句", n+2))
					r.say(tk, fmt.Sprintf("第 %d 次回覆", n+1))
				}
				r.balanced()
				r.oneChannelEach()
			})
		})
	}
}

// TestSiteFails lets calls of the site suffer while customers and staff go on.
func TestSiteFails(t *testing.T) {
	for name, f := range map[string]wordpress.Fault{
		"slow":                    {Kind: wordpress.FaultDelay, Delay: 700 * time.Millisecond},
		"slow answers":            {Kind: wordpress.FaultDelayAfter, Delay: 700 * time.Millisecond},
		"429 as JSON":             {Kind: wordpress.FaultLimitJSON, RetryAfter: time.Second},
		"429 as HTML":             {Kind: wordpress.FaultLimitHTML, RetryAfter: time.Second},
		"429 with a date":         {Kind: wordpress.FaultLimitDate, RetryAfter: time.Second},
		"500 as HTML":             {Kind: wordpress.FaultErrorHTML},
		"500 as JSON":             {Kind: wordpress.FaultErrorJSON},
		"502 as HTML":             {Kind: wordpress.FaultErrorHTML, Status: 502},
		"200 with a PHP error":    {Kind: wordpress.FaultHTML},
		"done, then 500":          {Kind: wordpress.FaultErrorAfter},
		"done, then a PHP error":  {Kind: wordpress.FaultHTMLAfter},
		"reset before":            {Kind: wordpress.FaultResetBefore},
		"done, then reset":        {Kind: wordpress.FaultResetAfter},
		"done, answer lost":       {Kind: wordpress.FaultDropAfter},
		"done, answer cut in two": {Kind: wordpress.FaultCutAfter},
	} {
		t.Run(name, func(t *testing.T) {
			eachRig(t, options{}, func(r *rig) {
				reply, order := f, f
				reply.Route, reply.Count = wordpress.RouteUpdate, 2
				order.Route, order.Count = wordpress.RouteOrder, 1
				r.site.Inject(reply)
				r.site.Inject(order)
				r.site.SetOrder(1, map[string]any{"order_id": "9", "status": "paid", "total_amount": "5", "items": []any{}})
				tk := r.open(1) // opens beside an order API that fails
				for n := range 3 {
					r.say(tk, fmt.Sprintf("第 %d 次回覆", n+1))
					r.write(1, fmt.Sprintf("第 %d 句", n+1))
				}
				last := r.say(tk, "最後一次回覆")
				r.until("the last answer is marked", func() bool { return r.bears(last.ID, "✅") })
				r.balanced()
			})
		})
	}
}

// TestDiscordIsDownAtTheStart takes hooks all the same, and delivers when Discord is back.
func TestDiscordIsDownAtTheStart(t *testing.T) {
	eachRig(t, options{idle: true}, func(r *rig) {
		gone := r.guild.Inject(discord.Fault{Kind: discord.FaultResetBefore})
		deaf := r.guild.InjectGateway(discord.GatewayFault{Kind: discord.GatewayRefuse})
		r.start()
		r.create(1)
		r.write(1, "有人嗎")
		r.create(2)
		page := fetch(r.base() + "/readyz")
		if page.status != 200 || !strings.Contains(page.body, "degraded") {
			r.t.Errorf("readyz says %d %s, want 200 and degraded", page.status, page.body)
		}
		r.until("it was tried", func() bool { return len(r.guild.Requests()) > 3 })
		gone()
		deaf()
		tk := r.opened(1)
		r.opened(2)
		r.posted(tk.channel, "有人嗎")
		r.say(tk, "在的")
		r.balanced()
		r.until("all is well again", func() bool { return !strings.Contains(fetch(r.base()+"/readyz").body, "degraded") })
	})
}

// TestSiteIsDownAtTheStart opens tickets without orders, and delivers the answers when the site is back.
func TestSiteIsDownAtTheStart(t *testing.T) {
	eachRig(t, options{idle: true}, func(r *rig) {
		if err := r.site.SetDown(true); err != nil {
			r.t.Fatal(err)
		}
		r.start()
		r.create(1)
		tk := r.opened(1)
		m := r.say(tk, "您好，請稍候")
		r.until("staff see that it waits", func() bool { return r.bears(m.ID, "⏳") })
		r.write(1, "好的")
		r.posted(tk.channel, "好的")
		if err := r.site.SetDown(false); err != nil {
			r.t.Fatal(err)
		}
		r.until("staff see that it arrived", func() bool { return r.bears(m.ID, "✅") && !r.bears(m.ID, "⏳") })
		r.balanced()
	})
}

// TestSlowSiteHoldsUpNobodyElse lets one ticket's reply hang while another's goes through.
func TestSlowSiteHoldsUpNobodyElse(t *testing.T) {
	eachRig(t, options{}, func(r *rig) {
		one, two := r.open(1), r.open(2)
		r.site.Inject(wordpress.Fault{Kind: wordpress.FaultDelay, Delay: 4 * time.Second, Route: wordpress.RouteUpdate, Count: 1})
		before := r.site.Requests(wordpress.RouteUpdate)
		r.say(one, "慢的回覆")
		r.until("the slow one is on its way", func() bool { return r.site.Requests(wordpress.RouteUpdate) > before })
		m := r.say(two, "快的回覆")
		r.until("the other one arrived", func() bool { return r.bears(m.ID, "✅") })
		if len(r.site.Replies(1)) != 0 {
			r.t.Error("the slow reply was not slow: nothing is shown by this test")
		}
	})
}
