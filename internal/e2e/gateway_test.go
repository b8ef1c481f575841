package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kefu/internal/fake/discord"
)

// TestGatewayBreaks has staff write before, during and after each way in which the gateway can fail. None of it may be lost, doubled or
// out of order.
func TestGatewayBreaks(t *testing.T) {
	for name, trouble := range map[string]func(g *discord.Server){
		"events swapped": func(g *discord.Server) {
			g.InjectGateway(discord.GatewayFault{Kind: discord.GatewayReorder, Event: "MESSAGE_CREATE", Count: 1})
		},
		"op 7":                     func(g *discord.Server) { g.SendReconnect() },
		"op 9, resumable":          func(g *discord.Server) { g.SendInvalidSession(true) },
		"op 9, session lost":       func(g *discord.Server) { g.SendInvalidSession(false) },
		"cut":                      func(g *discord.Server) { g.CloseGateway(0) },
		"closed with 4000":         func(g *discord.Server) { g.CloseGateway(4000) },
		"closed with 4009":         func(g *discord.Server) { g.CloseGateway(4009) },
		"cut, session forgotten":   func(g *discord.Server) { g.ForgetSessions(); g.CloseGateway(0) },
		"op 7 while resuming":      onceMore(discord.GatewayFault{Kind: discord.GatewayResumeOp7, Count: 1}),
		"op 9 while resuming":      onceMore(discord.GatewayFault{Kind: discord.GatewayResumeInvalid, Count: 1}),
		"closed while resuming":    onceMore(discord.GatewayFault{Kind: discord.GatewayResumeClose, Count: 1}),
		"refused when coming back": onceMore(discord.GatewayFault{Kind: discord.GatewayRefuse, Count: 2}),
		"events come twice": func(g *discord.Server) {
			g.InjectGateway(discord.GatewayFault{Kind: discord.GatewayDuplicate, Event: "MESSAGE_CREATE", Count: 3})
		},
	} {
		t.Run(name, func(t *testing.T) {
			eachRig(t, options{}, func(r *rig) {
				one, two := r.open(1), r.open(2)
				if err := r.guild.WaitReady(r.ctx); err != nil {
					r.t.Fatal(err)
				}
				r.talks(one, two, "之前")
				trouble(r.guild)
				r.talks(one, two, "其間")
				r.until("what was written before has arrived", func() bool { return len(r.site.Replies(1)) >= 2 })
				r.talks(one, two, "之後")
				r.balanced()
			})
		})
	}
}

// onceMore cuts the connection and meets the way back with a fault.
func onceMore(f discord.GatewayFault) func(*discord.Server) {
	return func(g *discord.Server) {
		g.InjectGateway(f)
		g.CloseGateway(0)
	}
}

func (r *rig) talks(one, two ticket, when string) {
	r.t.Helper()
	for n := range 2 {
		r.say(one, fmt.Sprintf("%s %d", when, n))
		r.say(two, fmt.Sprintf("%s %d（二號）", when, n))
	}
}

// TestGatewayFallsSilent lets a connection die without a word: only the missing ACK tells.
func TestGatewayFallsSilent(t *testing.T) {
	eachRig(t, options{guild: discord.Options{HeartbeatInterval: 400 * time.Millisecond}}, func(r *rig) {
		tk := r.open(1)
		r.say(tk, "之前")
		r.until("it arrived", func() bool { return len(r.site.Replies(1)) == 1 })
		r.guild.InjectGateway(discord.GatewayFault{Kind: discord.GatewaySilence, Count: 1})
		for n := range 5 {
			r.say(tk, fmt.Sprintf("沉默中 %d", n))
		}
		r.until("a new connection was made", func() bool { return len(r.guild.Connections()) > 1 })
		r.say(tk, "之後")
		r.balanced()
	})
}

// TestWithoutTheContentIntent goes on with commands and buttons, and says so.
func TestWithoutTheContentIntent(t *testing.T) {
	eachRig(t, options{guild: discord.Options{ContentIntentOff: true}}, func(r *rig) {
		tk := r.open(1)
		r.until("it is told", func() bool {
			page := fetch(r.base() + "/readyz")
			return page.status == 200 && strings.Contains(page.body, "message content intent")
		})
		r.talk.said(1, "用指令回覆")
		r.slash(tk.channel, "reply", map[string]any{"text": "用指令回覆"})
		r.balanced()
	})
}
