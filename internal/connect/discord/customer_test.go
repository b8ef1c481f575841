package discord

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/discord"
	fake "kefu/internal/fake/discord"
)

// direct is a rig with a member whose direct messages are a conversation's thread.
func direct(t *testing.T, o fake.Options) (*rig, connector.Thread, fake.Member) {
	t.Helper()
	r := newRig(t, o, set{"community": set{}})
	mia := r.s.AddMember("Mia")
	dm, err := r.s.DM(mia.User.ID)
	if err != nil {
		t.Fatal(err)
	}
	return r, talkIn(dm.ID, 1), mia
}

func talkIn(channel string, number int64) connector.Thread {
	return connector.Thread{LinkID: "lnk_customer", ConversationID: openingOf(number).ConversationID, TicketNumber: number, Role: kefu.RoleCustomer, ExternalID: channel}
}

// fromAgent is an agent's message on its way to a customer.
func fromAgent(th connector.Thread, seq int64, text string) connector.Outbound {
	out := outbound(th, seq, text)
	out.DeliveryID += kefu.DeliveryID(th.ConversationID)
	out.Message.Author = kefu.Author{Kind: kefu.AuthorAgent, Name: "Alice", Via: "Console"}
	out.Customer.Locale = kefu.LocaleEnglish
	return out
}

// fromBot is an answer of Kefu's own bot.
func fromBot(th connector.Thread, locale kefu.Locale) connector.Outbound {
	out := fromAgent(th, 2, "You can send it back within 14 days [1].")
	out.Message.ID, out.Message.Author = "msg_01", kefu.Bot()
	out.Customer.Locale = locale
	out.Message.Content.Type = kefu.ContentArticle
	out.Message.Content.Articles = []kefu.ArticleCard{
		{ID: "art_1", Title: "Returns *and* refunds", Excerpt: "Within 14 days. @everyone", URL: "https://shop.example/returns"},
		{ID: "art_2", Title: "Postage", Excerpt: "Who pays", URL: "javascript:alert(1)"},
		{ID: "art_3", Title: "Defects"}, {ID: "art_4", Title: "never shown"},
	}
	out.Message.Content.Choices = []kefu.Choice{{Label: "Y", Value: "helped:yes"}, {Label: "N", Value: "helped:no"}, {Label: "P", Value: "person"}}
	return out
}

func TestCustomerReadsAnAgent(t *testing.T) {
	t.Parallel()
	r, th, _ := direct(t, fake.Options{})
	out := fromAgent(th, 4, "Hi @everyone <@1> **bold** https://a.example/x_y_z")
	out.Message.Content.Attachments = []kefu.Attachment{r.files.put("bill.txt", []byte("1 EUR"))}
	out.Message.Content.Choices = []kefu.Choice{{Label: "red *one*", Value: "red"}, {Label: "Shop", URL: "https://shop.example"}, {Label: "P", Value: "person"}}
	m, _ := r.s.Message(r.send(out).Parts[0].ExternalID)
	e := m.Embeds[0]
	if e.Author.Name != "Alice" || m.Content != "" || m.MentionEveryone || len(m.Mentions) > 0 || len(m.Attachments) != 1 {
		t.Errorf("%+v", m)
	}
	for _, want := range []string{`\*\*bold\*\*`, "https://a.example/x_y_z", `• red \*one\*`, "• P"} {
		if !strings.Contains(e.Description, want) {
			t.Errorf("%q is not in %q", want, e.Description)
		}
	}
	if len(m.Components) != 1 || len(m.Components[0].Components) != 1 || m.Components[0].Components[0].URL != "https://shop.example" {
		t.Errorf("an agent's choices are text, but for addresses: %+v", m.Components)
	}
}

func TestCustomerReadsTheBot(t *testing.T) {
	t.Parallel()
	r, th, _ := direct(t, fake.Options{})
	m, _ := r.s.Message(r.send(fromBot(th, kefu.LocaleEnglish)).Parts[0].ExternalID)
	if len(m.Embeds) != 4 || m.Embeds[1].URL == "" || m.Embeds[2].URL != "" || m.MentionEveryone {
		t.Errorf("%+v", m.Embeds)
	}
	var ids []string
	for _, b := range m.Components[0].Components {
		ids = append(ids, b.CustomID)
	}
	if got := strings.Join(ids, " "); got != "kefu:m:helped:msg_01:yes kefu:m:helped:msg_01:no kefu:m:person:" {
		t.Errorf("buttons %s", got)
	}
	bare := fromBot(th, kefu.LocaleEnglish)
	bare.DeliveryID, bare.Message.Content.Text = "dlv_bare", ""
	m, _ = r.s.Message(r.send(bare).Parts[0].ExternalID)
	if m.Embeds[0].Description != english.say("articles_lead") {
		t.Errorf("%+v", m.Embeds[0])
	}
}

func TestGoldenForCustomers(t *testing.T) {
	t.Parallel()
	report := talkIn(reportThread("7", "8"), 33)
	report.Name = "The *shop* is down"
	for l := range lang(languages) {
		golden(t, "customer_bot", l, customerPosts(l, fromBot(talkIn("9", 33), l.locale()))[0])
		golden(t, "customer_report", l, customerPosts(l, fromAgent(report, 3, "Which browser do you use?"))[0])
	}
}

// TestTalksShareDirectMessages: two conversations in one channel have messages of the same number, and the answers of both are lost.
func TestTalksShareDirectMessages(t *testing.T) {
	t.Parallel()
	r, first, _ := direct(t, fake.Options{NonceWindow: 1})
	second := talkIn(first.ExternalID, 2)
	long := strings.Repeat("word ", 700)
	for _, out := range []connector.Outbound{fromAgent(first, 3, "first "+long), fromAgent(second, 3, "second "+long)} {
		r.s.Inject(fake.Fault{Kind: fake.FaultResetAfter, Method: http.MethodPost, Path: posting(), Skip: 1, Count: 1})
		_, err := r.c.Send(r.ctx, out)
		refused(t, err, connector.Uncertain, connector.ScopeThread)
		out.Unsure, out.UnsureSince = true, time.Now().Add(-nonceWindow)
		got := r.send(out)
		if !got.Found || len(got.Parts) != 2 {
			t.Errorf("%+v", got)
		}
	}
	texts := r.texts(first.ExternalID)
	if len(texts) != 4 || !strings.HasPrefix(texts[0], "first") || !strings.HasPrefix(texts[2], "second") {
		t.Errorf("%d posts: %.20q", len(texts), texts)
	}
}

func TestCustomerOutOfReach(t *testing.T) {
	t.Parallel()
	r, th, mia := direct(t, fake.Options{})
	try := func(th connector.Thread, why word) {
		t.Helper()
		for range 4 { // the client leaves a route alone that refused three times
			_, err := r.c.Send(r.ctx, fromAgent(th, 4, "hi"))
			if se := refused(t, err, connector.Permanent, connector.ScopeThread); se.Reason != zhTW.say(why) {
				t.Fatalf("reason %q, want %q", se.Reason, zhTW.say(why))
			}
		}
		err := r.c.SendStatus(r.ctx, th, connector.StatusChange{DeliveryID: "dlv_s", Kind: connector.StatusReopened, At: time.Now()})
		if se := refused(t, err, connector.Permanent, connector.ScopeThread); se.Reason != zhTW.say(why) {
			t.Errorf("a notice: %q", se.Reason)
		}
	}
	if err := r.s.SetDMClosed(mia.User.ID, true); err != nil {
		t.Fatal(err)
	}
	try(th, "why_dm_closed")
	if err := r.s.SetDMClosed(mia.User.ID, false); err != nil {
		t.Fatal(err)
	}
	r.send(fromAgent(th, 4, "open again"))
	if err := r.s.RemoveMember(mia.User.ID); err != nil {
		t.Fatal(err)
	}
	try(th, "why_left")
	room := r.s.AddChannel(fake.Channel{Type: fake.TypeText, Name: "gone"})
	if err := r.s.DeleteChannel(room.ID); err != nil {
		t.Fatal(err)
	}
	try(talkIn(room.ID, 1), "why_thread_gone")
}

func TestNoMutualServer(t *testing.T) {
	t.Parallel()
	r, th, _ := direct(t, fake.Options{})
	r.s.Inject(fake.Fault{Kind: fake.FaultErrorJSON, Status: http.StatusForbidden, Code: codeNoMutualGuild, Method: http.MethodPost, Path: posting(), Count: 1})
	_, err := r.c.Send(r.ctx, fromAgent(th, 4, "hi"))
	if se := refused(t, err, connector.Permanent, connector.ScopeThread); se.Reason != zhTW.say("why_left") {
		t.Errorf("reason %q", se.Reason)
	}
}

func TestPrivateThreadWakes(t *testing.T) {
	t.Parallel()
	r, _, _ := direct(t, fake.Options{})
	room := r.s.AddChannel(fake.Channel{Type: fake.TypeText, Name: "help"})
	th, err := r.c.api.StartThread(r.ctx, room.ID, api.ThreadCreate{Name: "Mia", Type: api.ChannelPrivateThread})
	if err != nil {
		t.Fatal(err)
	}
	asleep := true
	if _, err := r.c.api.ModifyChannel(r.ctx, th.ID, api.ChannelEdit{Archived: &asleep}); err != nil {
		t.Fatal(err)
	}
	r.send(fromAgent(talkIn(th.ID, 1), 4, "hi"))
	if texts := r.texts(th.ID); len(texts) != 1 || texts[0] != "hi" {
		t.Errorf("%q", texts)
	}
}

func TestChangesReachACustomer(t *testing.T) {
	t.Parallel()
	r, th, _ := direct(t, fake.Options{})
	out := fromAgent(th, 4, "Monday")
	sent := r.send(out)
	change := connector.Change{DeliveryID: "dlv_change", Parts: sent.Parts, Message: out.Message}
	change.Message.Content.Text = "Tuesday"
	for range 2 {
		if err := r.c.SendChange(r.ctx, th, change); err != nil {
			t.Fatal(err)
		}
	}
	m, _ := r.s.Message(sent.Parts[0].ExternalID)
	mark := partMark(string(out.DeliveryID), 0)
	if e := m.Embeds[0]; e.Description != "Tuesday" || e.Footer.Text != zhTW.say("edited")+" · "+mark || e.Author.Name != "Alice" {
		t.Errorf("%+v, footer %+v", e, e.Footer)
	}
	change.Deleted = true
	for range 2 {
		if err := r.c.SendChange(r.ctx, th, change); err != nil {
			t.Fatal(err)
		}
	}
	if left := r.bot(th.ExternalID); len(left) != 0 {
		t.Errorf("left: %+v", left)
	}
}

// TestReportIsAnsweredInDirectMessages: the room is opened once, what belongs to the report says so, and can be answered.
func TestReportIsAnsweredInDirectMessages(t *testing.T) {
	t.Parallel()
	r, dm, mia := direct(t, fake.Options{})
	th := talkIn(reportThread(mia.User.ID, "1200000000000000009"), 33)
	th.Name = "Shop is down"
	r.send(fromAgent(th, 2, "Which browser?"))
	sent := r.send(fromAgent(th, 3, "And which page?"))
	posts := r.bot(dm.ExternalID)
	if len(posts) != 2 || posts[1].ID != sent.Parts[0].ExternalID || posts[1].Embeds[0].Title != "#33 Shop is down" {
		t.Fatalf("%+v", posts)
	}
	if b := posts[1].Components[0].Components[0]; b.CustomID != "kefu:m:say:"+th.ExternalID || len(b.CustomID) > api.MaxCustomID {
		t.Errorf("button %+v", b)
	}
	opened := 0
	for _, q := range r.s.Requests() {
		if q.Method == http.MethodPost && regexp.MustCompile(`^/users/@me/channels$`).MatchString(q.Path) {
			opened++
		}
	}
	if opened != 1 {
		t.Errorf("direct messages were opened %d times", opened)
	}
	if err := r.c.deps.State.Save(r.ctx, directKey+mia.User.ID, "1200000000000000001"); err != nil {
		t.Fatal(err)
	}
	r.send(fromAgent(th, 4, "a room that is not there any more is looked for again"))
	if n := len(r.bot(dm.ExternalID)); n != 3 {
		t.Errorf("%d posts", n)
	}
}

// TestCustomerPostsFit holds Discord's limits for whatever staff, bots and programs can send.
func TestCustomerPostsFit(t *testing.T) {
	t.Parallel()
	text := rapid.Custom(func(t *rapid.T) string {
		unit := rapid.SampledFrom([]string{"字", "word ", "*", "```\n", "\n", "😀", "https://a.example/x_y ", "@everyone", "\\"}).Draw(t, "unit")
		return strings.Repeat(unit, rapid.SampledFrom([]int{0, 1, 20, 700}).Draw(t, "times")) + rapid.StringN(0, 20, -1).Draw(t, "rest")
	})
	values := rapid.SampledFrom([]string{"helped:yes", "helped:no", "person", "close", ""})
	rapid.Check(t, func(t *rapid.T) {
		th := talkIn(rapid.SampledFrom([]string{"9", reportThread(strings.Repeat("9", 19), strings.Repeat("8", 19))}).Draw(t, "thread"), 33)
		th.Name = text.Draw(t, "name")
		out := fromBot(th, kefu.LocaleEnglish)
		out.Message.ID = kefu.MessageID("msg_" + strings.Repeat("0", 26))
		out.Message.Author.Kind = rapid.SampledFrom([]kefu.AuthorKind{kefu.AuthorBot, kefu.AuthorAgent, kefu.AuthorContact}).Draw(t, "kind")
		out.Message.Author.Name, out.Message.Content.Text = text.Draw(t, "author"), text.Draw(t, "text")
		out.Message.Content.Attachments = make([]kefu.Attachment, rapid.IntRange(0, 12).Draw(t, "attachments"))
		for i := range out.Message.Content.Articles {
			a := &out.Message.Content.Articles[i]
			a.Title, a.Excerpt, a.URL = text.Draw(t, "title"), text.Draw(t, "excerpt"), text.Draw(t, "url")
		}
		out.Message.Content.Choices = nil
		for range rapid.IntRange(0, 30).Draw(t, "choices") {
			out.Message.Content.Choices = append(out.Message.Content.Choices, kefu.Choice{Label: text.Draw(t, "label"), Value: values.Draw(t, "value"), URL: text.Draw(t, "address")})
		}
		if rapid.Bool().Draw(t, "order") {
			o := order(rapid.SampledFrom([]int{0, 60}).Draw(t, "items"))
			out.Message.Content.Order = &o
		}
		for _, p := range customerPosts(english, out) {
			if n := size(p); n > api.MaxEmbedTotal || len(p.pieces) > api.MaxEmbeds || len(p.pieces) == 0 || len(p.rows) > 5 {
				t.Fatalf("%d characters in %d embeds, %d rows", n, len(p.pieces), len(p.rows))
			}
			for _, piece := range p.pieces {
				fitsEmbed(t, piece.embed)
			}
			for _, row := range p.rows {
				for _, b := range row.Components {
					if len(b.CustomID) > api.MaxCustomID || b.Label == "" || len(row.Components) > 5 {
						t.Fatalf("button %+v", b)
					}
				}
			}
		}
	})
}
