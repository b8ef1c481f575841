package demo

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/fake/discord"
	"kefu/internal/knowledge"
	"kefu/internal/sqldb"
	"kefu/internal/store"
)

// What is said in the community. Site tickets take Kefu's numbers 1 and 2.
const (
	memberName    = "小美"
	articleTitle  = "退貨與換貨"
	articleBody   = "收到商品後七天內可以退貨。請到「我的訂單」按「申請退貨」，列印託運單，把商品交給超商就可以了。"
	memberAsks    = "請問保溫杯可以退貨嗎？"
	memberPerson  = "我要找真人客服"
	memberAnswer  = "小美您好，我幫您看一下訂單。"
	memberThanks  = "太好了，謝謝你！"
	memberStars   = 5
	memberCase    = 3
	bugCase       = 4
	bugTitle      = "按下開始就閃退"
	bugText       = "在手機上按「開始」，遊戲就關掉了。"
	closingReason = "已經退款"
)

// articles are the knowledge base of the show, in two languages.
func articles() []knowledge.Draft {
	draft := func(locale kefu.Locale, title, body string) knowledge.Draft {
		return knowledge.Draft{Article: kefu.Article{Key: "returns", Locale: locale, Title: title, Body: body, Published: true,
			URL: "https://shop.example/help/" + string(locale) + "/returns"}}
	}
	return []knowledge.Draft{
		draft(kefu.LocaleTaiwan, articleTitle, articleBody),
		draft(kefu.LocaleEnglish, "Returns and exchanges", "You can return an item within seven days: press Return in the order and print the label."),
	}
}

// teach puts the articles into the database, as `kefu articles import` does.
func teach(ctx context.Context, dir string) error {
	db, err := sqldb.Open(ctx, databaseURL(dir), sqldb.Options{})
	if err != nil {
		return err
	}
	s := store.New(db)
	if _, err = s.Migrate(ctx); err == nil {
		_, err = knowledge.New(knowledge.Options{Store: s, Bus: bus.New()}).Import(ctx, kefu.SystemCaller("demo"), articles(), knowledge.ImportOptions{})
	}
	return errors.Join(err, db.Close())
}

func databaseURL(dir string) string {
	return "sqlite:" + filepath.ToSlash(filepath.Join(dir, "kefu.db"))
}

// community puts the members' part of the server together.
func (s *stage) community() error {
	s.cast.hall = s.guild.AddChannel(discord.Channel{Type: discord.TypeText, Name: "大廳"}).ID
	s.cast.bugs = s.guild.AddChannel(discord.Channel{Type: discord.TypeText, Name: "錯誤回報"}).ID
	s.cast.member = s.guild.AddMember(memberName).ID
	if err := s.guild.SetLocale(s.cast.member, "zh-TW"); err != nil {
		return err
	}
	dm, err := s.guild.DM(s.cast.member)
	s.cast.dm = dm.ID
	return err
}

// asks is a member who is answered by the bot.
func (s *stage) asks(ctx context.Context) (string, error) {
	if _, err := s.runs(ctx, s.cast.hall, s.cast.member, memberName, "helpme", map[string]any{"question": memberAsks}); err != nil {
		return "", err
	}
	err := s.posted(ctx, s.cast.dm, s.say("want_post", articleTitle), articleTitle, "七天內可以退貨")
	return s.say("did_ask", articleTitle), err
}

// handedOver is the member who wants a person, and the ticket that is opened for it.
func (s *stage) handedOver(ctx context.Context) (string, error) {
	if err := s.memberSays(ctx, memberPerson); err != nil {
		return "", err
	}
	number := fmt.Sprintf("#%d", memberCase)
	if err := s.posted(ctx, s.cast.dm, s.say("want_post", number), number); err != nil {
		return "", err
	}
	ch, err := s.guild.WaitChannel(ctx, func(c discord.Channel) bool { return strings.Contains(c.Topic, number+" ") })
	if err = expect(ctx, s.say("want_channel", number), err); err != nil {
		return "", err
	}
	s.played.talk = ch.ID
	card, err := s.guild.WaitMessage(ctx, ch.ID, func(m discord.Message) bool { return buttonID(m.Components, "claim") != "" })
	s.played.talkCard = card.ID
	if err = expect(ctx, s.say("want_context"), err); err != nil {
		return "", err
	}
	return s.say("did_hand", number), s.posted(ctx, ch.ID, s.say("want_context"), articleTitle, "機器人轉交")
}

// person is a member of staff who takes the talk over in the same chat.
func (s *stage) person(ctx context.Context) (string, error) {
	card, _ := s.guild.Message(s.played.talkCard)
	s.line.note(event("INTERACTION_CREATE", map[string]string{"member": s.cast.agentName, "button": "認領"}))
	x, err := s.guild.Press(card.ID, buttonID(card.Components, "claim"), s.cast.agent)
	if err == nil {
		_, err = x.Answer(ctx)
	}
	if err = expect(ctx, s.say("want_button", "認領"), err); err != nil {
		return "", err
	}
	if err := s.posted(ctx, s.cast.dm, s.say("want_post", s.cast.agentName), s.cast.agentName, "加入"); err != nil {
		return "", err
	}
	if _, err := s.writes(ctx, s.played.talk, memberAnswer); err != nil {
		return "", err
	}
	if err := s.posted(ctx, s.cast.dm, s.say("want_post", memberAnswer), memberAnswer); err != nil {
		return "", err
	}
	if err := s.memberSays(ctx, memberThanks); err != nil {
		return "", err
	}
	return s.say("did_person", s.cast.agentName), s.posted(ctx, s.played.talk, s.say("want_post", memberThanks), memberThanks)
}

// stars is the end of the talk, and what the member thinks of it.
func (s *stage) stars(ctx context.Context) (string, error) {
	if err := s.slash(ctx, s.played.talk, "close", map[string]any{"reason": closingReason}); err != nil {
		return "", err
	}
	end, err := s.guild.WaitMessage(ctx, s.cast.dm, func(m discord.Message) bool { return s.starButton(m) != "" })
	if err = expect(ctx, s.say("want_stars"), err); err != nil {
		return "", err
	}
	s.line.note(event("INTERACTION_CREATE", map[string]string{"member": memberName, "button": fmt.Sprintf("%d ⭐", memberStars)}))
	x, err := s.guild.Press(end.ID, s.starButton(end), s.cast.member)
	if err == nil {
		_, err = x.Callback(ctx)
	}
	if err = expect(ctx, s.say("want_stars"), err); err != nil {
		return "", err
	}
	err = s.inDiscord(ctx, s.say("want_stars"), func() bool { return s.rated() == memberStars })
	return s.say("did_stars", memberStars), err
}

// starButton is the button with the stars that the member gives.
func (s *stage) starButton(m discord.Message) string {
	for _, row := range m.Components {
		for _, c := range row.Components {
			if strings.HasPrefix(c.CustomID, "kefu:m:rate:") && strings.HasSuffix(c.CustomID, fmt.Sprintf(":%d", memberStars)) {
				return c.CustomID
			}
		}
	}
	return ""
}

// rated is how many stars the end of the talk shows.
func (s *stage) rated() int {
	for _, m := range s.guild.Messages(s.cast.dm) {
		for _, row := range m.Components {
			for _, c := range row.Components {
				if n := strings.Count(c.Label, "★"); n > 0 {
					return n
				}
			}
		}
	}
	return 0
}

// followsBug is a report that is followed until it is solved.
func (s *stage) followsBug(ctx context.Context) (string, error) {
	form, err := s.runs(ctx, s.cast.hall, s.cast.member, memberName, "bug", nil)
	if err != nil {
		return "", err
	}
	if err := s.reports(ctx, form); err != nil {
		return "", err
	}
	if err := s.posted(ctx, s.cast.bugs, s.say("want_post", bugTitle), bugTitle, bugText, "等待處理"); err != nil {
		return "", err
	}
	options := map[string]any{"number": bugCase, "status": string(kefu.TicketResolved)}
	if err := s.slash(ctx, s.cast.bugs, "ticket status", options); err != nil {
		return "", err
	}
	return s.say("did_bug", bugCase), s.posted(ctx, s.cast.bugs, s.say("want_resolved"), bugTitle, "已解決")
}

// reports fills in the form of a report.
func (s *stage) reports(ctx context.Context, shown *discord.Interaction) error {
	form, err := shown.Answer(ctx)
	if err == nil && form.Modal == nil {
		err = errors.New("the answer is not a form")
	}
	if err != nil {
		return expect(ctx, s.say("want_report"), err)
	}
	values := map[string]string{}
	for _, c := range form.Modal.Components {
		if c.Component == nil || c.Component.Type != discord.ComponentTextInput {
			continue
		}
		if text := []string{bugTitle, bugText, ""}[min(len(values), 2)]; text != "" {
			values[c.Component.CustomID] = text
		}
	}
	s.line.note(event("INTERACTION_CREATE", map[string]any{"member": memberName, "modal": form.Modal.Title, "title": bugTitle}))
	sent, err := s.guild.SubmitModal(shown, values)
	if err == nil {
		_, err = sent.Answer(ctx)
	}
	return expect(ctx, s.say("want_report"), err)
}

// runs has somebody run a command, and waits for its first answer.
func (s *stage) runs(ctx context.Context, channel, member, name, command string, options map[string]any) (*discord.Interaction, error) {
	s.line.note(event("INTERACTION_CREATE", map[string]any{"member": name, "command": "/" + command, "options": options}))
	x, err := s.guild.Slash(channel, member, command, options)
	if err == nil {
		_, err = x.Callback(ctx)
	}
	return x, expect(ctx, s.say("want_command", name, command), err)
}

// memberSays has the member write in their direct messages.
func (s *stage) memberSays(ctx context.Context, text string) error {
	s.line.note(event("MESSAGE_CREATE", map[string]string{"author": memberName, "content": text}))
	_, err := s.guild.Say(s.cast.dm, s.cast.member, text)
	return expect(ctx, s.say("want_said", memberName), err)
}

// toMember looks whether the member saw what they had to, once each and in order.
func (s *stage) toMember() check {
	words := []string{articleTitle, fmt.Sprintf("#%d", memberCase), s.cast.agentName + " 已加入", memberAnswer, closingReason}
	var seen []string
	for _, m := range s.guild.Messages(s.cast.dm) {
		if m.Author.ID != s.guild.BotID() {
			continue
		}
		if i := slices.IndexFunc(words, func(w string) bool { return shows(m, w) && !slices.Contains(seen, w) }); i >= 0 {
			seen = append(seen, words[i])
		}
	}
	return s.same("check_member", words, seen)
}

// noBot looks whether the bot kept silent after the hand-off.
func (s *stage) noBot() check {
	handed, after := false, 0
	for _, m := range s.guild.Messages(s.cast.dm) {
		handed = handed || shows(m, fmt.Sprintf("#%d", memberCase))
		if handed && slices.ContainsFunc(m.Embeds, func(e discord.Embed) bool { return e.Author != nil && strings.HasPrefix(e.Author.Name, "🤖") }) {
			after++
		}
	}
	return check{s.say("check_silent"), s.say("times", after), handed && after == 0}
}

func (s *stage) given() check {
	n := s.rated()
	return check{s.say("check_stars"), strings.Repeat("★", n), n == memberStars}
}

// followed looks at the board: one post, which shows the end.
func (s *stage) followed() check {
	all, solved := s.posts(s.cast.bugs, bugTitle), s.posts(s.cast.bugs, bugTitle, "已解決")
	return s.truth("check_board", all == 1 && solved == 1)
}
