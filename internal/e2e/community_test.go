package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"kefu/internal/fake/discord"
)

// village is a rig whose server has members who are customers.
type village struct {
	*rig
	hall, bugs, ideas, news string // channels
	ann                     string // a member, who reads English
	key                     string // of a program that may do everything
	http                    *http.Client
}

// plan is what differs between villages.
type plan struct {
	community func(settings) // edits the community's settings
	config    settings       // laid over the usual one
	inbox     settings       // of the server's inbox, beside its settings
	idle      bool           // the test starts the program by itself, and moves in
	options   options
}

// eachVillage runs a test on both engines, with a server that helps its members. change edits the community's settings.
func eachVillage(t *testing.T, change func(settings), fn func(v *village)) {
	t.Helper()
	eachPlan(t, plan{community: change}, fn)
}

// eachPlan is eachVillage with more that differs.
func eachPlan(t *testing.T, p plan, fn func(v *village)) {
	t.Helper()
	each(t, func(t *testing.T, url string) {
		v := newVillage(t, url, p)
		fn(v)
		v.lawful()
	})
}

// newVillage is a rig whose server helps its members.
func newVillage(t *testing.T, url string, p plan) *village {
	t.Helper()
	o := p.options
	o.idle, o.guild.Community = true, true
	r := newRig(t, url, o)
	v := &village{rig: r}
	for name, id := range map[string]*string{"大廳": &v.hall, "bugs": &v.bugs, "ideas": &v.ideas} {
		*id = r.guild.AddChannel(discord.Channel{Type: discord.TypeText, Name: name}).ID
	}
	v.news = r.guild.AddChannel(discord.Channel{Type: discord.TypeAnnouncement, Name: "news"}).ID
	v.ann = v.member("Ann", "en-US")
	community := settings{"bug_channel": v.bugs, "feature_channel": v.ideas, "announcement_channel": v.news, "cooldown": "0s"}
	if p.community != nil {
		p.community(community)
	}
	r.o.desk, r.o.inbox = settings{"community": community}, p.inbox
	r.o.config = settings{"routes": []settings{{"from": "shop", "to": []string{"guild"}}, {"from": "guild", "to": []string{"guild"}}}}
	maps.Copy(r.o.config, p.config)
	if !p.idle {
		r.start()
		v.moveIn()
	}
	return v
}

// moveIn readies a village whose program has been started.
func (v *village) moveIn() {
	v.t.Helper()
	v.key, v.http = v.keys(1, "*:*")[0], &http.Client{Transport: v.transport()}
	v.registered("helpme")
}

func (v *village) member(name, locale string) string {
	v.t.Helper()
	id := v.guild.AddMember(name).ID
	if err := v.guild.SetLocale(id, locale); err != nil {
		v.t.Fatal(err)
	}
	return id
}

// ask calls the API, and reads the answer.
func (v *village) ask(method, target string, in, out any) {
	v.t.Helper()
	body := ""
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			v.t.Fatal(err)
		}
		body = string(raw)
	}
	var status int
	var raw []byte
	var err error
	v.until("the API has time", func() bool {
		status, raw, err = v.rest(v.ctx, v.http, method, "/api/v1"+target, v.key, body)
		return status != http.StatusTooManyRequests
	})
	if err != nil || status >= 300 {
		v.t.Fatalf("%s %s: %d %s %v", method, target, status, raw, err)
	}
	if out == nil {
		return
	}
	if err := json.Unmarshal(raw, out); err != nil {
		v.t.Fatalf("%s %s: %v: %s", method, target, err, raw)
	}
}

// article publishes one article, and gives its id.
func (v *village) article(locale, title, body string) string {
	v.t.Helper()
	var a struct{ ID string }
	v.ask(http.MethodPost, "/articles", settings{"locale": locale, "title": title, "body": body, "published": true, "url": "https://help.example/" + locale}, &a)
	return a.ID
}

// dm is the channel of a member's direct messages.
func (v *village) dm(member string) string {
	v.t.Helper()
	ch, err := v.guild.DM(member)
	if err != nil {
		v.t.Fatal(err)
	}
	return ch.ID
}

// does has a member run a command, and waits for what they are shown.
func (v *village) does(channel, member, command string, options map[string]any) (*discord.Interaction, discord.Outcome) {
	v.t.Helper()
	x, err := v.guild.Slash(channel, member, command, options)
	if err != nil {
		v.t.Fatal(err)
	}
	return x, v.answered(x)
}

func (v *village) writes(channel, member, text string) discord.Message {
	v.t.Helper()
	m, err := v.guild.Say(channel, member, text)
	if err != nil {
		v.t.Fatal(err)
	}
	return m
}

// clicks presses a button of a message, found by the beginning of what it stands for.
func (v *village) clicks(m discord.Message, member, prefix string) (*discord.Interaction, discord.Outcome) {
	v.t.Helper()
	id := pressable(m.Components, prefix)
	if id == "" {
		v.t.Fatalf("no button %q below:\n%s", prefix, visible(m))
	}
	x, err := v.guild.Press(m.ID, id, member)
	if err != nil {
		v.t.Fatal(err)
	}
	return x, v.answered(x)
}

func pressable(list []discord.Component, prefix string) string {
	for _, c := range list {
		if strings.HasPrefix(c.CustomID, prefix) {
			return c.CustomID
		}
		if id := pressable(c.Components, prefix); id != "" {
			return id
		}
	}
	return ""
}

// desk waits for the channel of a ticket, by its number, with its card.
func (v *village) desk(number int) ticket {
	v.t.Helper()
	tk := ticket{}
	v.until(fmt.Sprintf("ticket %d has a channel with its card", number), func() bool {
		list := v.guild.Channels()
		i := slices.IndexFunc(list, func(c discord.Channel) bool { return strings.Contains(c.Topic, fmt.Sprintf("#%d ·", number)) })
		if i >= 0 {
			tk.channel = list[i].ID
		}
		return i >= 0 && len(v.bot(tk.channel)) > 0
	})
	return tk
}

// conversations lists what there is.
func (v *village) conversations() (all []struct{ ID, Status, Handler string }) {
	v.t.Helper()
	var page struct {
		Items []struct{ ID, Status, Handler string }
	}
	v.ask(http.MethodGet, "/conversations?limit=200", nil, &page)
	return page.Items
}

// shown is all that the member was shown in an answer.
func shown(out discord.Outcome) string {
	if out.Original != nil {
		return visible(*out.Original)
	}
	return ""
}

const (
	returnsTitle = "How to return an item"
	returnsBody  = "You can return an item within 14 days. Open the order, press Return, and print the label."
)

func TestAMemberIsHelpedFromQuestionToStars(t *testing.T) {
	eachVillage(t, nil, func(v *village) {
		v.article("en", returnsTitle, returnsBody)
		dm := v.dm(v.ann)
		_, out := v.does(v.hall, v.ann, "helpme", map[string]any{"question": "How do I return an item?"})
		if !strings.Contains(shown(out), "/channels/@me/"+dm) || !out.Original.Ephemeral {
			v.t.Errorf("the member is not led to the talk: %q", shown(out))
		}
		found := v.posted(dm, returnsTitle)
		if n := strings.Count(visible(found), "within 14 days"); n != 1 || !shows(found, "https://help.example/en") {
			v.t.Errorf("the answer shows the article %d times:\n%s", n, visible(found))
		}
		if slices.ContainsFunc(v.guild.Channels(), func(c discord.Channel) bool { return strings.Contains(c.Topic, "kefu:") }) {
			v.t.Error("a question that the bot answers needs no ticket")
		}

		v.writes(dm, v.ann, "I want to talk to a real person")
		v.posted(dm, "#1")
		tk := v.desk(1)
		for _, words := range []string{"Handed over by the bot", "asked for a person", returnsTitle} {
			v.posted(tk.channel, words)
		}
		card := v.posted(tk.channel, "Handed over by the bot")
		v.press(card, "claim", v.amy)
		v.posted(dm, "Amy has joined")
		v.mutter(tk, "Hello Ann, which order is it?")
		answer := v.posted(dm, "which order is it?")
		if !shows(answer, "Amy") {
			v.t.Errorf("the answer does not say whose it is:\n%s", visible(answer))
		}
		v.writes(dm, v.ann, "Order 8806, /close please @everyone")
		v.posted(tk.channel, "/close please")

		v.slash(tk.channel, "close", map[string]any{"reason": "solved"})
		end := v.posted(dm, "was closed by")
		v.clicks(end, v.ann, "kefu:m:rate:")
		v.until("the stars are there", func() bool {
			var c struct {
				Rating *struct{ Stars int } `json:"rating"`
			}
			v.ask(http.MethodGet, "/conversations/"+v.conversations()[0].ID, nil, &c)
			return c.Rating != nil && c.Rating.Stars == 1
		})
		if c := v.conversations(); len(c) != 1 || c[0].Status != "closed" {
			v.t.Errorf("rating opened it again: %+v", c)
		}
		if n := slices.IndexFunc(v.bot(dm), func(m discord.Message) bool { return shows(m, "Handed over") || shows(m, "機器人轉交") }); n >= 0 {
			v.t.Error("the context for staff was shown to the member")
		}
	})
}

func TestTwoHelpmesAtOnceAreOneConversation(t *testing.T) {
	eachVillage(t, nil, func(v *village) {
		v.article("en", returnsTitle, returnsBody)
		var all sync.WaitGroup
		for i := range 6 {
			all.Go(func() {
				x, err := v.guild.Slash(v.hall, v.ann, "helpme", map[string]any{"question": fmt.Sprint("How do I return item ", i, "?")})
				if err != nil {
					v.t.Error(err)
					return
				}
				if _, err := x.Answer(v.ctx); err != nil {
					v.t.Error(err)
				}
			})
		}
		all.Wait()
		v.posted(v.dm(v.ann), returnsTitle)
		if c := v.conversations(); len(c) != 1 || c[0].Handler != "bot" {
			v.t.Errorf("%+v", c)
		}
	})
}

func TestABugIsFollowedToItsEnd(t *testing.T) {
	eachVillage(t, nil, func(v *village) {
		x, form := v.does(v.hall, v.ann, "bug", nil)
		if form.Modal == nil {
			v.t.Fatalf("no form: %+v", form)
		}
		values := map[string]string{}
		for _, id := range inputs(form.Modal.Components) {
			values[id] = "It crashes when I press *start* @everyone"
		}
		for id := range values {
			if strings.Contains(id, "sever") || strings.Contains(id, "rank") {
				values[id] = "high"
			}
		}
		y, err := v.guild.SubmitModal(x, values)
		if err != nil {
			v.t.Fatal(err)
		}
		if out := v.answered(y); !strings.Contains(shown(out), "#1") {
			v.t.Errorf("the member is not told the number: %q", shown(out))
		}
		board := v.posted(v.bugs, "#1")
		if !shows(board, "It crashes") || !shows(board, "Ann") {
			v.t.Errorf("board:\n%s", visible(board))
		}
		tk := v.desk(1)
		v.mutter(tk, "Thank you, we look at it")
		v.posted(v.dm(v.ann), "we look at it")
		waiting := visible(board)
		v.until("the board says that it is worked on", func() bool {
			m, ok := v.guild.Message(board.ID)
			return ok && visible(m) != waiting && len(v.bot(v.bugs)) == 1
		})
		var list struct {
			Items []struct{ ID, Category, Status, Priority string }
		}
		v.ask(http.MethodGet, "/tickets", nil, &list)
		if len(list.Items) != 1 || list.Items[0].Category != "bug" || list.Items[0].Status != "processing" {
			v.t.Fatalf("%+v", list.Items)
		}
		if _, out := v.does(tk.channel, v.amy, "ticket status", map[string]any{"number": 1, "status": "resolved"}); !strings.Contains(shown(out), "1") {
			v.t.Errorf("staff see %q", shown(out))
		}
		v.until("the board says that it is resolved", func() bool {
			m, ok := v.guild.Message(board.ID)
			return ok && shows(m, "✅")
		})
	})
}

// inputs lists the fields of a form.
func inputs(list []discord.Component) (ids []string) {
	for _, c := range list {
		if c.Component != nil {
			c.Components = append(slices.Clone(c.Components), *c.Component)
		}
		if c.CustomID != "" && c.Type != 19 {
			ids = append(ids, c.CustomID)
		}
		ids = append(ids, inputs(c.Components)...)
	}
	return ids
}

func TestWhatIsAskedWhileTheProgramIsDownIsAnsweredOnce(t *testing.T) {
	eachVillage(t, nil, func(v *village) {
		v.article("en", returnsTitle, returnsBody)
		dm := v.dm(v.ann)
		v.does(v.hall, v.ann, "helpme", map[string]any{"question": "hello?"})
		v.until("the first question is answered", func() bool { return len(v.bot(dm)) > 1 })
		v.halt()
		v.writes(dm, v.ann, "How do I return an item?")
		v.start()
		v.posted(dm, returnsTitle)
		v.restart()
		v.writes(dm, v.ann, "A person please, real person")
		v.posted(dm, "#1")
		n := 0
		for _, m := range v.bot(dm) {
			if shows(m, returnsTitle) {
				n++
			}
		}
		if n != 1 {
			v.t.Errorf("answered %d times", n)
		}
	})
}

func TestClosedDirectMessagesGetAPrivateThread(t *testing.T) {
	eachVillage(t, nil, func(v *village) {
		v.article("en", returnsTitle, returnsBody)
		if err := v.guild.SetDMClosed(v.ann, true); err != nil {
			v.t.Fatal(err)
		}
		_, out := v.does(v.hall, v.ann, "helpme", map[string]any{"question": "How do I return an item?"})
		if out.Original == nil || pressable(out.Original.Components, "kefu:m:") == "" {
			v.t.Fatalf("no way out is offered: %q", shown(out))
		}
		v.clicks(*out.Original, v.ann, "kefu:m:")
		var thread discord.Channel
		v.until("there is a private thread", func() bool {
			i := slices.IndexFunc(v.guild.Channels(), func(c discord.Channel) bool { return c.Type == discord.TypePrivateThread })
			if i >= 0 {
				thread = v.guild.Channels()[i]
			}
			return i >= 0
		})
		v.posted(thread.ID, returnsTitle)
		v.writes(thread.ID, v.ann, "a real person please")
		v.posted(thread.ID, "#1")
		tk := v.desk(1)
		v.mutter(tk, "Here I am")
		v.posted(thread.ID, "Here I am")
	})
}
