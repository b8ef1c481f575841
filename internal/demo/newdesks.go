package demo

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"kefu/internal/fake/chatwoot"
	"kefu/internal/fake/discord"
	"kefu/internal/fake/twilio"
	"kefu/internal/fake/wordpress"
)

// What is said by text message, in Flex and in Chatwoot.
const (
	phone       = "+886912345678"
	shopNumber  = "+15005550006"
	textAsks    = "請問門市今天開到幾點？"
	textAnswer  = "您好，門市今天開到晚上九點。"
	member2     = "阿明"
	flexWorker  = "mei"
	flexAnswer  = "阿明您好，退款三天內會入帳。"
	flexThanks  = "收到，謝謝！"
	ticket3     = 36
	question3   = "我的包裹可以改地址嗎？"
	wootAnswer  = "可以的，請填一下新的地址。"
	formWords   = "收件資料"
	formPlace   = "台北市信義區市府路 1 號"
	formPhone   = "0912345678"
	deskNote    = "這張單我來處理。"
	deskAnswer  = "地址改好了，明天送達。"
	wootSecret  = "the demo's own secret for hooks" //nolint:gosec // it lives as long as the show
	wootToken   = "user-token"
	counterID   = "counter"
	chatwootID  = "chatwoot"
	smsID       = "sms"
	flexID      = "flex"
	lookAgain   = 20 * time.Millisecond
	labelPlace  = "收件地址"
	labelPhone  = "聯絡電話"
	transferred = "transfer"
)

// newFakes starts Chatwoot and Twilio, whose hooks go to Kefu's front.
func (s *stage) newFakes() error {
	s.woot = chatwoot.New(chatwoot.Options{Token: wootToken, Quiet: true})
	s.later(s.woot.Close)
	s.woot.AddWebhook(s.front.url()+"/hooks/"+chatwootID, wootSecret, "message_created", "message_updated", "conversation_status_changed", "conversation_updated")
	s.phones = twilio.New(twilio.Options{ServiceHook: s.front.url() + "/hooks/" + smsID})
	s.later(s.phones.Close)
	for _, start := range []func(string) error{s.woot.Start, s.phones.Start} {
		if err := start("127.0.0.1:0"); err != nil {
			return err
		}
	}
	member := s.guild.AddMember(member2)
	dm, err := s.guild.DM(member.ID)
	if err == nil {
		err = s.guild.SetLocale(member.ID, "zh-TW")
	}
	s.cast.member2, s.cast.dm2 = member.ID, dm.ID
	return err
}

// newInboxes are Chatwoot, Flex, the number that customers text, and the site's second inbox, whose tickets go to two desks.
func (s *stage) newInboxes(shop map[string]any) []map[string]any {
	o := s.phones.Options()
	bases := map[string]string{}
	for _, service := range []string{"conversations", "flex", "studio", "taskrouter", "api", "mcs"} {
		bases[service] = s.calls.url()
	}
	account := map[string]any{"account_sid": o.Account, "auth_token": o.AuthToken, "service_sid": o.Service, "base_urls": bases}
	counter, flex := maps.Clone(shop), maps.Clone(account)
	delete(counter, "default")
	flex["workspace_sid"], flex["workflow_sid"] = o.Workspace, o.Workflow
	return []map[string]any{
		{"id": counterID, "channel": "wordpress", "name": "龍之店二店", "settings": counter},
		{"id": chatwootID, "channel": "chatwoot", "name": "Chatwoot", "settings": map[string]any{"url": s.wootCalls.url(), "account_id": "1",
			"inbox_id": fmt.Sprint(chatwoot.APIInbox), "api_token": wootToken, "hook_secret": wootSecret}},
		{"id": smsID, "channel": "twilio", "name": "簡訊", "settings": account},
		{"id": flexID, "channel": "twilio", "name": "Flex", "settings": flex},
	}
}

func newRoutes() []map[string]any {
	return []map[string]any{{"from": counterID, "to": []string{chatwootID, "guild"}}, {"from": smsID, "to": []string{"guild"}}}
}

// until waits for something to be so where nobody tells.
func (s *stage) until(ctx context.Context, want string, is func() bool) error {
	tick := time.NewTicker(lookAgain)
	defer tick.Stop()
	for !is() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return expect(ctx, want, ctx.Err())
		}
	}
	return nil
}

// texts is a customer who writes by text message and is answered in Discord.
func (s *stage) texts(ctx context.Context) (string, error) {
	s.phones.CustomerTexts(phone, shopNumber, textAsks)
	channel, err := s.shown(ctx, textAsks)
	if err != nil {
		return "", err
	}
	if _, err := s.writes(ctx, channel, textAnswer); err != nil {
		return "", err
	}
	err = s.until(ctx, s.say("want_phone"), func() bool { return s.phoned(textAnswer) > 0 })
	return s.say("did_text"), err
}

// phoned counts what the phone has.
func (s *stage) phoned(text string) int {
	n := 0
	for _, m := range s.phones.Phone(phone, shopNumber) {
		if strings.Contains(m.Body, text) {
			n++
		}
	}
	return n
}

// shown waits until a channel of staff shows a text, and names it.
func (s *stage) shown(ctx context.Context, text string) (channel string, err error) {
	err = s.inDiscord(ctx, s.say("want_post", text), func() bool {
		for _, ch := range s.guild.Channels() {
			if ch.Type == discord.TypeText && !ch.Deleted && s.posts(ch.ID, text) > 0 {
				channel = ch.ID
				return true
			}
		}
		return false
	})
	return channel, err
}

// toFlex is a member whose talk staff give to Flex.
func (s *stage) toFlex(ctx context.Context) (string, error) {
	if err := s.member2Says(ctx, memberPerson); err != nil {
		return "", err
	}
	channel, err := s.shown(ctx, member2)
	if err != nil {
		return "", err
	}
	if err := s.slash(ctx, channel, transferred, map[string]any{"desk": flexID}); err != nil {
		return "", err
	}
	err = s.until(ctx, s.say("want_flex"), func() bool { s.played.flex = s.inFlex(); return s.played.flex != "" })
	if err != nil {
		return "", err
	}
	if _, err := s.phones.AgentSays(s.played.flex, flexWorker, flexAnswer); err != nil {
		return "", expect(ctx, s.say("want_said", flexWorker), err)
	}
	if err := s.posted(ctx, s.cast.dm2, s.say("want_post", flexAnswer), flexAnswer); err != nil {
		return "", err
	}
	if err := s.member2Says(ctx, flexThanks); err != nil {
		return "", err
	}
	err = s.until(ctx, s.say("want_flex"), func() bool { return s.flexed(flexThanks) > 0 })
	return s.say("did_flex", member2), err
}

func (s *stage) member2Says(ctx context.Context, text string) error {
	s.line.note(event("MESSAGE_CREATE", map[string]string{"author": member2, "content": text}))
	_, err := s.guild.Say(s.cast.dm2, s.cast.member2, text)
	return expect(ctx, s.say("want_said", member2), err)
}

// inFlex is the conversation that an agent of Flex was asked to take; "" while there is none.
func (s *stage) inFlex() string {
	for _, x := range s.phones.Interactions() {
		return x.Conversation
	}
	return ""
}

// flexed counts what Flex shows of a text.
func (s *stage) flexed(text string) int {
	n := 0
	talk, _ := s.phones.Conversation(s.played.flex)
	for _, m := range talk.Messages {
		if strings.Contains(m.Body, text) {
			n++
		}
	}
	return n
}

// inChatwoot is a ticket that two desks have; Chatwoot answers first.
func (s *stage) inChatwoot(ctx context.Context) (string, error) {
	s.site.SetOrder(ticket3, order8806())
	s.site.SetHook(s.front.url() + "/hooks/" + counterID)
	_, res := s.site.CustomerOpens(ctx, wordpress.Opening{ID: ticket3, Title: "改地址", Text: question3})
	if err := s.taken(ctx, "create", res); err != nil {
		return "", err
	}
	// The card of the order is a note: it is for staff alone.
	err := s.until(ctx, s.say("want_woot", question3), func() bool { return s.wooted(question3) > 0 && s.wooted(orderedThing) > 0 })
	if err != nil {
		return "", err
	}
	if s.played.channel3, err = s.shown(ctx, question3); err != nil {
		return "", err
	}
	if _, err := s.woot.Say(s.wootTalk().ID, chatwoot.Agent, wootAnswer); err != nil {
		return "", expect(ctx, s.say("want_said", "Chatwoot"), err)
	}
	err = s.onSite(ctx, s.say("want_reply", wootAnswer), func() bool { return s.replied(ticket3, wootAnswer) > 0 })
	return s.say("did_woot"), err
}

// wootTalk is the ticket's conversation in Chatwoot.
func (s *stage) wootTalk() chatwoot.Talk {
	for _, t := range s.woot.Talks() {
		if t.Inbox == chatwoot.APIInbox {
			return t
		}
	}
	return chatwoot.Talk{}
}

// wooted counts the messages in Chatwoot that show a text.
func (s *stage) wooted(text string) int {
	n := 0
	for _, m := range s.wootTalk().Messages {
		if strings.Contains(m.Content, text) {
			n++
		}
	}
	return n
}

// form is one that Chatwoot sends and the site's customer fills in by text, because a ticket of the site shows no forms.
func (s *stage) form(ctx context.Context) (string, error) {
	items := []map[string]any{{"name": "address", "label": labelPlace, "type": "text"}, {"name": "phone", "label": labelPhone, "type": "text"}}
	if _, err := s.woot.SendForm(s.wootTalk().ID, chatwoot.Agent, formWords, "form", items...); err != nil {
		return "", expect(ctx, s.say("want_said", "Chatwoot"), err)
	}
	for _, step := range [][2]string{{labelPlace, formPlace}, {labelPhone, formPhone}} {
		if err := s.onSite(ctx, s.say("want_reply", step[0]), func() bool { return s.asked(step[0]) }); err != nil {
			return "", err
		}
		if err := s.taken(ctx, "update", s.site.CustomerWrites(ctx, ticket3, step[1])); err != nil {
			return "", err
		}
	}
	err := s.until(ctx, s.say("want_filled"), func() bool { return s.filled() })
	return s.say("did_form"), err
}

// asked tells whether the site's customer was asked for a field.
func (s *stage) asked(label string) bool {
	return slices.ContainsFunc(s.site.Replies(ticket3), func(m wordpress.Message) bool { return strings.Contains(m.Text, label) })
}

// filled tells whether Chatwoot has the whole answer in one message.
func (s *stage) filled() bool {
	return slices.ContainsFunc(s.wootTalk().Messages, func(m chatwoot.Said) bool {
		return strings.Contains(m.Content, labelPlace) && strings.Contains(m.Content, formPlace) && strings.Contains(m.Content, formPhone)
	})
}

// takesOver hands the talk from Chatwoot to Discord in its middle.
func (s *stage) takesOver(ctx context.Context) (string, error) {
	if _, err := s.writes(ctx, s.played.channel3, deskNote); err != nil {
		return "", err
	}
	var message, button string
	err := s.inDiscord(ctx, s.say("want_button", "接手"), func() bool {
		for _, m := range s.guild.Messages(s.played.channel3) {
			if id := buttonID(m.Components, "take_over"); id != "" {
				message, button = m.ID, id
			}
		}
		return button != ""
	})
	if err != nil {
		return "", err
	}
	s.line.note(event("INTERACTION_CREATE", map[string]string{"member": s.cast.agentName, "button": "接手"}))
	x, err := s.guild.Press(message, button, s.cast.agent)
	if err == nil {
		_, err = x.Answer(ctx)
	}
	if err = expect(ctx, s.say("want_button", "接手"), err); err != nil {
		return "", err
	}
	if _, err := s.writes(ctx, s.played.channel3, deskAnswer); err != nil {
		return "", err
	}
	if err := s.onSite(ctx, s.say("want_reply", deskAnswer), func() bool { return s.replied(ticket3, deskAnswer) > 0 }); err != nil {
		return "", err
	}
	err = s.until(ctx, s.say("want_woot", deskAnswer), func() bool { return s.wooted(deskAnswer) > 0 })
	s.site.SetHook(s.front.url())
	return s.say("did_take_over"), err
}

// onPhone looks whether the phone has the answer, once.
func (s *stage) onPhone() check {
	n := s.phoned(textAnswer)
	return check{s.say("check_phone"), s.say("times", n), n == 1}
}

// throughFlex looks whether the member and Flex's agent had each other's words, once.
func (s *stage) throughFlex() check {
	return s.truth("check_flex", s.posts(s.cast.dm2, flexAnswer) == 1 && s.flexed(flexThanks) == 1)
}

// twoDesks looks whether the customer had one answer of each desk, in order.
func (s *stage) twoDesks() check {
	var got []string
	for _, m := range s.site.Replies(ticket3) {
		if m.Text == wootAnswer || m.Text == deskAnswer {
			got = append(got, m.Text)
		}
	}
	return check{s.say("check_two"), s.list(got), slices.Equal(got, []string{wootAnswer, deskAnswer})}
}

// formEssence shows what of a form-encoded call a person wants to see.
func formEssence(raw []byte) string {
	form, err := url.ParseQuery(string(raw))
	if err != nil {
		return ""
	}
	shown := map[string]string{}
	for _, name := range []string{"EventType", "Author", "Body", "UniqueName", "Identity", "State"} {
		if v := form.Get(name); v != "" {
			shown[name] = v
		}
	}
	return plainJSON(shown)
}
