package demo

import (
	"context"
	"slices"
	"strings"
	"time"

	"kefu/internal/fake/discord"
	"kefu/internal/fake/wordpress"
)

// What is said. The customer's part of ticket 33 is source 000's own example.
const (
	ticket      = 33
	channelName = "網站-客-0033"
	title       = "關於訂單 #8806 商品運送問題"
	question    = "你好，我想請問我的訂單何時會出貨？謝謝。"
	thanks      = "好的，我了解了，感謝你的回覆。"
	picture     = "https://i.imgur.com/aBcDeFg.png"
	wish        = "想再請問，可以改送到公司嗎？"

	answer1 = "您好，訂單 8806 今天下午出貨，預計明天送達。"
	answer2 = "不客氣！\n出貨後會再傳物流單號給您。"
	answer3 = "可以的，收件地址已經幫您改好了。"

	ticket2      = 32
	channelName2 = "網站-客-0032"
	question2    = "保溫杯的蓋子鬆了，可以換貨嗎？"
	answer4      = "可以，已經幫您寄出新的蓋子。"
	reason2      = "已寄出新品"
)

// slowness of the failing site makes the outage longer than the two seconds after which Kefu marks a message as waiting.
const slowness = 1500 * time.Millisecond

func (s *stage) start(ctx context.Context) (string, error) {
	err := s.inDiscord(ctx, s.say("want_login"), func() bool { return len(s.guild.Commands()) > 0 })
	if err == nil {
		err = expect(ctx, s.say("want_login"), s.guild.WaitReady(ctx))
	}
	return s.say("did_start", len(s.guild.Commands())), err
}

func (s *stage) opens(ctx context.Context) (string, error) {
	s.site.SetOrder(ticket, order8806())
	began := time.Now()
	_, res := s.site.CustomerOpens(ctx, wordpress.Opening{ID: ticket, Title: title, Text: question, ImageURL: picture})
	if err := s.taken(ctx, "create", res); err != nil {
		return "", err
	}
	ch, card, err := s.room(ctx, channelName, func(m discord.Message) bool {
		return shows(m, question) && shows(m, title) && shows(m, orderedThing) && pictured(m)
	})
	s.played.channel, s.played.card, s.played.opened = ch, card, time.Since(began)
	return s.say("did_open", s.played.opened.Seconds(), channelName), err
}

// taken tells whether Kefu took a hook.
func (s *stage) taken(ctx context.Context, route string, res wordpress.HookResult) error {
	err := res.Err
	if err == nil && res.Status != 200 {
		err = unlike("%d %s", res.Status, res.Body)
	}
	return expect(ctx, s.say("want_hook", route), err)
}

// room waits for a ticket's channel and its opening card.
func (s *stage) room(ctx context.Context, name string, good func(discord.Message) bool) (channel, card string, err error) {
	ch, err := s.guild.WaitChannel(ctx, func(c discord.Channel) bool { return c.Name == name })
	if err = expect(ctx, s.say("want_channel", name), err); err != nil {
		return "", "", err
	}
	m, err := s.guild.WaitMessage(ctx, ch.ID, good)
	return ch.ID, m.ID, expect(ctx, s.say("want_card"), err)
}

func (s *stage) answers(ctx context.Context) (string, error) {
	if err := s.speaks(ctx, answer1); err != nil {
		return "", err
	}
	err := s.delivered(ctx, answer1)
	return s.say("did_answer", senderOf(s.cast.agentName)), err
}

// speaks lets staff write in the channel of #33.
func (s *stage) speaks(ctx context.Context, text string) error {
	id, err := s.writes(ctx, s.played.channel, text)
	s.played.said = append(s.played.said, text)
	s.played.messages = append(s.played.messages, id)
	return err
}

func (s *stage) writes(ctx context.Context, channel, text string) (string, error) {
	s.line.note(event("MESSAGE_CREATE", map[string]string{"author": s.cast.agentName, "content": text}))
	m, err := s.guild.Say(channel, s.cast.agent, text)
	return m.ID, expect(ctx, s.say("want_said", s.cast.agentName), err)
}

// event is what Discord pushes over the gateway.
func event(name string, data any) crossing {
	return crossing{edge: deskEdge, call: name, body: plainJSON(data), event: true}
}

// delivered waits until the site has a reply and the newest message of staff its mark.
func (s *stage) delivered(ctx context.Context, text string) error {
	err := s.onSite(ctx, s.say("want_reply", oneLine(text)), func() bool { return s.replied(ticket, text) > 0 })
	if err != nil {
		return err
	}
	newest := s.played.messages[len(s.played.messages)-1]
	return s.inDiscord(ctx, s.say("want_mark", "✅"), func() bool { return s.bears(newest, "✅") && !s.bears(newest, "⏳") })
}

func (s *stage) marked(ctx context.Context, message, emoji string) error {
	return s.inDiscord(ctx, s.say("want_mark", emoji), func() bool { return s.bears(message, emoji) })
}

func (s *stage) bears(message, emoji string) bool {
	return slices.ContainsFunc(s.guild.Reactions(message), func(r discord.Reaction) bool {
		return r.Emoji.Name == emoji && slices.Contains(r.UserIDs, s.guild.BotID())
	})
}

// replied counts a reply on the site.
func (s *stage) replied(id int64, text string) int {
	n := 0
	for _, m := range s.site.Replies(id) {
		if m.Text == text {
			n++
		}
	}
	return n
}

func (s *stage) updates(ctx context.Context) (string, error) {
	err := s.customerWrites(ctx, thanks)
	return s.say("did_update"), err
}

func (s *stage) customerWrites(ctx context.Context, text string) error {
	if err := s.taken(ctx, "update", s.site.CustomerWrites(ctx, ticket, text)); err != nil {
		return err
	}
	return s.posted(ctx, s.played.channel, s.say("want_post", text), text)
}

// posted waits for a post of Kefu's that holds all these words.
func (s *stage) posted(ctx context.Context, channel, want string, words ...string) error {
	return s.inDiscord(ctx, want, func() bool { return s.posts(channel, words...) > 0 })
}

// posts counts Kefu's posts in a channel that hold all these words; of a deleted channel too.
func (s *stage) posts(channel string, words ...string) int {
	n := 0
	for _, m := range s.guild.Messages(channel) {
		if m.Author.ID == s.guild.BotID() && !slices.ContainsFunc(words, func(w string) bool { return !shows(m, w) }) {
			n++
		}
	}
	return n
}

// outage breaks the site twice, in the two ways there are: nothing done, and done but not said so.
func (s *stage) outage(ctx context.Context) (string, error) {
	if err := s.customerWrites(ctx, wish); err != nil {
		return "", err
	}
	s.site.Inject(wordpress.Fault{Kind: wordpress.FaultErrorHTML, Route: wordpress.RouteUpdate, Count: 1, Delay: slowness})
	s.site.Inject(wordpress.Fault{Kind: wordpress.FaultErrorAfter, Route: wordpress.RouteUpdate, Count: 1})
	if err := s.speaks(ctx, answer3); err != nil {
		return "", err
	}
	if err := s.marked(ctx, s.played.messages[len(s.played.messages)-1], "⏳"); err != nil {
		return "", err
	}
	return s.say("did_outage"), s.delivered(ctx, answer3)
}

func (s *stage) closes(ctx context.Context) (string, error) {
	if err := s.taken(ctx, "close", s.site.CustomerCloses(ctx, ticket, wordpress.ByCustomer)); err != nil {
		return "", err
	}
	if err := s.gone(ctx, s.played.channel, wordpress.ByCustomer); err != nil {
		return "", err
	}
	return s.say("did_close", wordpress.ByCustomer), nil
}

// gone waits for the end of a ticket in Discord: words, transcript, and no channel.
func (s *stage) gone(ctx context.Context, channel, by string) error {
	if err := s.posted(ctx, channel, s.say("want_notice"), by); err != nil {
		return err
	}
	if err := s.posted(ctx, s.cast.records, s.say("want_transcript"), by, "](http"); err != nil {
		return err
	}
	return s.inDiscord(ctx, s.say("want_gone"), func() bool { return s.deleted(channel) })
}

func (s *stage) deleted(channel string) bool {
	ch, ok := s.guild.Channel(channel)
	return ok && ch.Deleted
}

// second is a whole ticket in short, and closed from the other side.
func (s *stage) second(ctx context.Context) (string, error) {
	_, res := s.site.CustomerOpens(ctx, wordpress.Opening{ID: ticket2, Title: "換貨", Text: question2, Sender: "[顧客 - 初始訊息] 林小姐 (lin@example.com)"})
	if err := s.taken(ctx, "create", res); err != nil {
		return "", err
	}
	var err error
	if s.played.channel2, _, err = s.room(ctx, channelName2, func(m discord.Message) bool { return shows(m, question2) }); err != nil {
		return "", err
	}
	answer, err := s.writes(ctx, s.played.channel2, answer4)
	if err != nil {
		return "", err
	}
	if err := s.onSite(ctx, s.say("want_reply", answer4), func() bool { return s.replied(ticket2, answer4) > 0 }); err != nil {
		return "", err
	}
	if err := s.marked(ctx, answer, "✅"); err != nil {
		return "", err
	}
	if err := s.slash(ctx, s.played.channel2, "close", map[string]any{"reason": reason2}); err != nil {
		return "", err
	}
	if err := s.onSite(ctx, s.say("want_site_close"), func() bool { return s.told(ticket2) > 0 }); err != nil {
		return "", err
	}
	return s.say("did_second"), s.gone(ctx, s.played.channel2, reason2)
}

// told counts how often Kefu told the site that a ticket was closed.
func (s *stage) told(id int64) int {
	n := 0
	for _, p := range s.site.Ledger() {
		if p.Route == wordpress.RouteClose && p.TicketID == id {
			n++
		}
	}
	return n
}

func senderOf(name string) string { return "[客服] " + name + " (Discord)" }

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
