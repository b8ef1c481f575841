package e2e

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"kefu/internal/fake/chatwoot"
	"kefu/internal/fake/discord"
	"kefu/internal/fake/twilio"
	"kefu/internal/fake/wordpress"
)

// faultTime is how long pairings are tried on one engine.
const faultTime = 12 * time.Second

// TestSidesConvergeWhateverHooksSuffer has both sides of pairings write while hooks come twice, late, in another order or not at all. In the end
// every side has everything once.
func TestSidesConvergeWhateverHooksSuffer(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		h := newHub(t, url)
		h.start()
		h.moveIn()
		n, end := 500, time.Now().Add(faultTime)
		rapid.Check(t, func(rt *rapid.T) {
			if time.Now().After(end) {
				return
			}
			n++
			h.tryPairing(t, rt, n)
		})
		if n < 502 {
			t.Errorf("%d pairings were tried, want more", n-500)
		}
		h.calm()
		h.settled()
	})
}

// tryPairing has the two sides of one talk write, with a fault before each text.
func (h *hub) tryPairing(t *testing.T, rt *rapid.T, n int) {
	from := rapid.SampledFrom(customerMedia()).Draw(rt, "customer")
	to := rapid.SampledFrom(deskMedia()).Draw(rt, "desk")
	c, err := newCell(h, from, to, n, &row{cells: map[deed]string{}})
	if err != nil {
		rt.Fatal(err)
	}
	c.t = t
	// A site gives its texts no order: what its hooks told last is the last.
	c.unordered = from.name == "site"
	h.calm()
	if err := c.begin(); err != nil {
		rt.Fatal(err)
	}
	if err := c.writeBothWays(); err != nil {
		rt.Fatal(err)
	}
	for range rapid.IntRange(2, 8).Draw(rt, "texts") {
		h.trouble(rapid.IntRange(0, 3).Draw(rt, "fault"))
		if rapid.Bool().Draw(rt, "the customer writes") {
			_, err = c.asks()
		} else {
			_, err = c.answers(to.name)
		}
		if err != nil {
			rt.Fatal(err)
		}
	}
	h.calm()
	if err := c.settle(); err != nil {
		rt.Fatal(err)
	}
}

// trouble arms one fault of the next hooks, wherever they come from; 0 is none. Doubled hooks of a site carry no key here: they are taken and
// marked, which other tests show.
func (h *hub) trouble(kind int) {
	switch kind {
	case 1:
		h.woot.InjectHook(chatwoot.HookFault{Duplicate: true, Count: 2})
		h.phones.Inject(twilio.Fault{Kind: twilio.HookDuplicate, Count: 2})
		h.guild.InjectGateway(discord.GatewayFault{Kind: discord.GatewayDuplicate, Count: 1, Event: "MESSAGE_CREATE"})
	case 2:
		h.site.InjectHook(wordpress.HookFault{Kind: wordpress.HookReorder, Count: 1})
		h.woot.InjectHook(chatwoot.HookFault{Hold: true, Count: 1})
		h.phones.Inject(twilio.Fault{Kind: twilio.HookLate, Delay: 300 * time.Millisecond, Count: 1})
	case 3:
		h.site.InjectHook(wordpress.HookFault{Kind: wordpress.HookLost, Count: 1})
		h.woot.InjectHook(chatwoot.HookFault{Drop: true, Count: 2})
		h.phones.Inject(twilio.Fault{Kind: twilio.HookDrop, Count: 2})
	}
}

// calm takes every fault away.
func (h *hub) calm() {
	h.site.ClearFaults()
	h.woot.ClearFaults()
	h.woot.ReleaseHooks()
	h.phones.ClearFaults()
	h.guild.ClearFaults()
}
