package demo

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"kefu/internal/fake/discord"
	"kefu/internal/fake/wordpress"
)

const ownTicket = 34

// handOver tells how to go on by hand and stays until ctx ends. An error means that the program ended by itself.
func (s *stage) handOver(ctx context.Context) error {
	s.prepareOwn(ctx)
	s.line.print(s.instructions)
	s.follow(ctx)
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		return fmt.Errorf("the demo ended: %w", cause)
	}
	s.line.print(func(p *printer) { p.line("\n%s", s.say("bye")) })
	return nil
}

// prepareOwn gives the site the ticket that people open by curl: a site always has what its hooks speak of.
func (s *stage) prepareOwn(ctx context.Context) {
	s.site.SetHook("")
	s.site.SetOrder(ownTicket, order8806())
	s.site.CustomerOpens(ctx, wordpress.Opening{ID: ownTicket, Title: title, Text: question, ImageURL: picture})
	s.site.SetHook(s.front.url())
}

func (s *stage) instructions(p *printer) {
	p.line("\n%s\n", p.in(bold, s.say("hands")))
	places := [][2]string{{"hands_site", s.site.URL()}, {"hands_discord", s.guild.URL()}, {"hands_kefu", s.front.url() + "/readyz"}}
	widest := 0
	for _, at := range places {
		widest = max(widest, columns(s.say(word(at[0]))))
	}
	for _, at := range places {
		p.line("  %s  %s", pad(s.say(word(at[0])), widest), at[1])
	}
	p.line("\n%s\n", s.say("hands_curl"))
	for _, call := range examples() {
		p.line("%s\n", call.curl(s.front.url()))
	}
}

// example is one of source 000's payloads, laid out as it is printed there.
type example struct{ route, body string }

func (e example) curl(base string) string {
	return fmt.Sprintf("curl -X POST %s/ticket/%s \\\n  -H 'Content-Type: application/json' \\\n  -d '%s'", base, e.route, e.body)
}

func examples() []example {
	return []example{
		{"create", `{
    "ticket_id": 34,
    "ticket_title": "關於訂單 #8806 商品運送問題",
    "ticket_message": "你好，我想請問我的訂單何時會出貨？謝謝。",
    "channel_name": "#網站-客-0034",
    "sender": "[顧客 - 初始訊息] DemoUser (demo@example.com)",
    "image_url": "https://i.imgur.com/aBcDeFg.png"
  }`},
		{"update", `{
    "ticket_id": 34,
    "sender": "[顧客] DemoUser (demo@example.com)",
    "message": "好的，我了解了，感謝你的回覆。",
    "channel_name": "#網站-客-0034",
    "image_url": null
  }`},
		{"close", `{
    "ticket_id": 34,
    "channel_name": "#網站-客-0034",
    "force_close": true,
    "closed_by": "網站/客戶端"
  }`},
	}
}

// follow shows what people do in Discord until ctx ends. It learns of it when it has happened, so that Kefu's first call can stand above.
func (s *stage) follow(ctx context.Context) {
	last, acted := s.newest(), len(s.guild.Interactions())
	for {
		err := s.guild.WaitFor(ctx, func() bool { return after(s.newest(), last) || len(s.guild.Interactions()) > acted })
		if err != nil {
			<-ctx.Done() // the fake may end before the show, never instead of it
			return
		}
		for _, m := range s.written(last) {
			s.line.note(event("MESSAGE_CREATE", map[string]string{"author": nameOf(m.Author), "content": m.Content}))
			last = m.ID
		}
		for _, x := range s.guild.Interactions()[acted:] {
			s.line.note(event("INTERACTION_CREATE", map[string]any{"type": x.Type, "member": s.memberName(x.MemberID)}))
			acted++
		}
	}
}

// written lists what people wrote after a message, in order.
func (s *stage) written(last string) []discord.Message {
	var list []discord.Message
	for _, ch := range s.guild.Channels() {
		for _, m := range s.guild.Messages(ch.ID) {
			if !m.Author.Bot && after(m.ID, last) {
				list = append(list, m)
			}
		}
	}
	return list
}

// newest is the id of what a person wrote last.
func (s *stage) newest() string {
	newest := "0"
	for _, m := range s.written("0") {
		if after(m.ID, newest) {
			newest = m.ID
		}
	}
	return newest
}

// after compares ids, which are numbers too large for some readers.
func after(a, b string) bool { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) > 0 }

func nameOf(u discord.User) string {
	if u.GlobalName != nil {
		return *u.GlobalName
	}
	return u.Username
}

func (s *stage) memberName(id string) string {
	for _, m := range s.guild.Members() {
		if m.ID == id && m.User != nil {
			return nameOf(*m.User)
		}
	}
	return id
}
