package discord

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/discord"
	fake "kefu/internal/fake/discord"
)

// helped is a listening rig with a member who may ask; what they open is known to the directory, as it is once the rules have it.
func helped(t *testing.T, o fake.Options, community set) (r *rig, mia fake.Member, general string) {
	t.Helper()
	r = newRig(t, o, set{"community": community})
	r.opens()
	mia = r.s.AddMember("Mia")
	r.listen()
	r.until("the commands of members are registered", func() bool { return len(r.s.Commands()) > len(r.c.commands()) })
	ch, _ := r.s.ChannelNamed("general")
	return r, mia, ch.ID
}

// opens makes the rules link what customers open.
func (r *rig) opens() {
	r.rules.answer = func(in connector.Inbound) connector.Result {
		if in.Kind == connector.InOpen {
			r.dir.put(connector.Thread{ExternalID: in.ThreadID, Role: kefu.RoleCustomer, Cursor: in.Cursor})
		}
		return connector.Result{}
	}
}

// asks runs /helpme and gives the answer.
func (r *rig) asks(channel string, who fake.Member, question string) fake.Message {
	r.t.Helper()
	options := map[string]any{}
	if question != "" {
		options["question"] = question
	}
	i, err := r.s.Slash(channel, who.ID, "helpme", options)
	if err != nil {
		r.t.Fatal(err)
	}
	return r.answered(i)
}

// answered waits for the words of the answer, which only who asked may see.
func (r *rig) answered(i *fake.Interaction) fake.Message {
	r.t.Helper()
	out, err := i.Answer(r.ctx)
	if err != nil {
		r.t.Fatal(err)
	}
	if !out.Ephemeral || out.Original == nil {
		r.t.Fatalf("answered for everybody, or without words: %+v", out)
	}
	return *out.Original
}

func (r *rig) dm(who fake.Member) string {
	r.t.Helper()
	ch, err := r.s.DM(who.ID)
	if err != nil {
		r.t.Fatal(err)
	}
	return ch.ID
}

func TestHelpWithAQuestion(t *testing.T) {
	t.Parallel()
	r, mia, general := helped(t, fake.Options{}, set{})
	if err := r.s.SetLocale(mia.ID, "zh-CN"); err != nil {
		t.Fatal(err)
	}
	said := r.asks(general, mia, "Where is *my* parcel, @everyone?")
	dm := r.dm(mia)
	if said.Content != zhCN.say("help_asked", "https://discord.com/channels/@me/"+dm) {
		t.Errorf("answer %q", said.Content)
	}
	posts := r.bot(dm)
	if len(posts) != 1 || !strings.Contains(posts[0].Content, zhCN.say("greet")) || !strings.Contains(posts[0].Content, `> Where is \*my\* parcel, \@everyone?`) {
		t.Fatalf("greeting %+v", posts)
	}
	in := r.wait(1, kind(connector.InOpen))[0]
	asked := r.s.Interactions()[0]
	want := connector.Sender{Kind: kefu.AuthorContact, ID: mia.ID, Name: "Mia", Via: "Discord", Locale: kefu.LocaleChina}
	if in.Key != "i:"+asked.ID || in.ThreadID != dm || in.Sender != want || in.Cursor != posts[0].ID || in.Report != nil {
		t.Errorf("%+v", in)
	}
	if in.Title != "Where is *my* parcel, @everyone?" || in.Content.Text != in.Title {
		t.Errorf("title %q, text %q", in.Title, in.Content.Text)
	}
}

func TestHelpWithoutAQuestion(t *testing.T) {
	t.Parallel()
	r, mia, general := helped(t, fake.Options{}, set{})
	said := r.asks(general, mia, "")
	dm := r.dm(mia)
	if said.Content != zhTW.say("help_go", "https://discord.com/channels/@me/"+dm) {
		t.Errorf("answer %q", said.Content)
	}
	if posts := r.bot(dm); len(posts) != 1 || posts[0].Content != zhTW.say("greet")+"\n"+zhTW.say("greet_ask") {
		t.Errorf("greeting %+v", posts)
	}
	if all, _ := r.rules.list(); len(all) != 0 {
		t.Errorf("something was taken in: %+v", all)
	}
	m := r.say(dm, mia, "my parcel")
	if in := r.wait(1, kind(connector.InOpen))[0]; in.Key != "m:"+m.ID || in.Content.Text != "my parcel" {
		t.Errorf("%+v", in)
	}
}

// TestHelpInDirectMessages asks where a server's commands are not.
func TestHelpInDirectMessages(t *testing.T) {
	t.Parallel()
	r, mia, _ := helped(t, fake.Options{}, set{})
	if err := r.s.SetLocale(mia.ID, "fr"); err != nil {
		t.Fatal(err)
	}
	dm := r.dm(mia)
	if said := r.asks(dm, mia, "hello"); said.Content != english.say("help_asked", "https://discord.com/channels/@me/"+dm) {
		t.Errorf("answer %q", said.Content)
	}
	if in := r.wait(1, kind(connector.InOpen))[0]; in.ThreadID != dm || in.Sender.Locale != kefu.LocaleEnglish {
		t.Errorf("%+v", in)
	}
}

func TestHelpWhenATalkIsOpen(t *testing.T) {
	t.Parallel()
	r, mia, general := helped(t, fake.Options{}, set{})
	r.asks(general, mia, "first")
	said := r.asks(general, mia, "second")
	if want := zhTW.say("help_added", "https://discord.com/channels/@me/"+r.dm(mia)); said.Content != want {
		t.Errorf("answer %q, want %q", said.Content, want)
	}
	if in := r.wait(1, kind(connector.InMessage))[0]; in.Content.Text != "second" {
		t.Errorf("%+v", in)
	}
}

// TestTwoAtOnce asks twice at the same moment: the first opens, the second adds to it.
func TestTwoAtOnce(t *testing.T) {
	t.Parallel()
	r, mia, general := helped(t, fake.Options{}, set{})
	var both []*fake.Interaction
	for range 2 {
		i, err := r.s.Slash(general, mia.ID, "helpme", map[string]any{"question": "now"})
		if err != nil {
			t.Fatal(err)
		}
		both = append(both, i)
	}
	for _, i := range both {
		r.answered(i)
	}
	all, _ := r.rules.list()
	if len(all) != 2 || all[0].Kind != connector.InOpen || all[1].Kind != connector.InMessage || all[0].Key == all[1].Key {
		t.Errorf("%+v", all)
	}
}

func TestHelpRefusedByTheRules(t *testing.T) {
	t.Parallel()
	after := time.Unix(1_900_000_000, 0)
	for refused, want := range map[string]string{
		connector.RefusedMany: zhTW.say("member_many"), connector.RefusedBlocked: zhTW.say("member_blocked"),
		connector.RefusedSoon: zhTW.say("member_soon", after.Unix()),
	} {
		t.Run(refused, func(t *testing.T) {
			t.Parallel()
			r, mia, general := helped(t, fake.Options{}, set{})
			r.rules.mu.Lock()
			r.rules.answer = func(connector.Inbound) connector.Result {
				return connector.Result{Ignored: refused, View: &connector.View{Refused: refused, After: after}}
			}
			r.rules.mu.Unlock()
			if said := r.asks(general, mia, "again"); said.Content != want {
				t.Errorf("answer %q, want %q", said.Content, want)
			}
			dm := r.dm(mia)
			if posts := r.bot(dm); len(posts) != 1 || posts[0].Content != want {
				t.Errorf("direct messages say %+v", posts)
			}
			r.say(dm, mia, "and again")
			r.until("the member is told", func() bool { p := r.bot(dm); return len(p) == 2 && p[1].Content == want })
			r.say(dm, mia, "and again")
			r.wait(3, kind(connector.InOpen))
			if posts := r.bot(dm); len(posts) != 2 {
				t.Errorf("told %d times", len(posts)-1)
			}
		})
	}
}

func TestWhoIsNotHelped(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{}, nil)
	blocked, pending, young := r.s.AddMember("Blocked"), r.s.AddMember("Pending"), r.s.AddMember("Young")
	if err := r.s.SetPending(pending.ID, true); err != nil {
		t.Fatal(err)
	}
	r.c = r.connect(set{"community": set{"blocked": []string{blocked.ID}, "min_account_age": "1h"}})
	r.listen()
	ready := api.SnowflakeTime(young.ID).Add(time.Hour).Unix()
	general, _ := r.s.ChannelNamed("general")
	for name, c := range map[string]struct {
		who  fake.Member
		want string
	}{
		"blocked": {blocked, zhTW.say("member_blocked")}, "pending": {pending, zhTW.say("member_pending")},
		"young": {young, zhTW.say("member_young", ready, ready)},
	} {
		for _, command := range []string{"helpme", "bug"} {
			i, err := r.s.Slash(general.ID, c.who.ID, command, nil)
			if err != nil {
				t.Fatal(err)
			}
			if said := r.answered(i); said.Content != c.want {
				t.Errorf("%s, /%s: %q, want %q", name, command, said.Content, c.want)
			}
		}
	}
	dm := r.dm(blocked)
	r.say(dm, blocked, "let me in")
	r.until("who is blocked is told", func() bool { return len(r.bot(dm)) == 1 })
	if all, _ := r.rules.list(); len(all) != 0 || r.bot(dm)[0].Content != zhTW.say("member_blocked") {
		t.Errorf("taken in %+v, told %+v", all, r.bot(dm))
	}
}

func TestDirectMessagesOpenedTooFast(t *testing.T) {
	t.Parallel()
	r, mia, general := helped(t, fake.Options{}, set{})
	r.s.Inject(fake.Fault{Kind: fake.FaultErrorJSON, Method: "POST", Path: dmPath, Status: 400, Code: api.CodeDMTooFast, Count: 1})
	if said := r.asks(general, mia, "hello"); said.Content != zhTW.say("dm_too_fast") {
		t.Errorf("answer %q", said.Content)
	}
	if all, _ := r.rules.list(); len(all) != 0 {
		t.Errorf("taken in: %+v", all)
	}
}

// TestGreetingOnce loses the answer to the greeting: the repeated try posts nothing new, and the question is asked once.
func TestGreetingOnce(t *testing.T) {
	t.Parallel()
	r, mia, general := helped(t, fake.Options{}, set{})
	dm := r.dm(mia)
	r.s.Inject(fake.Fault{Kind: fake.FaultDropAfter, Method: "POST", Path: messagesPath(dm), Count: 1})
	if said := r.asks(general, mia, "hello"); said.Content != zhTW.say("help_asked", "https://discord.com/channels/@me/"+dm) {
		t.Errorf("answer %q", said.Content)
	}
	if all, _ := r.rules.list(); len(r.bot(dm)) != 1 || len(all) != 1 {
		t.Errorf("greeted %d times, asked %d times", len(r.bot(dm)), len(all))
	}
	for _, q := range r.s.Requests() {
		if q.Method == http.MethodPost && messagesPath(dm).MatchString(q.Path) && !strings.Contains(string(q.Body), `"enforce_nonce":true`) {
			t.Errorf("without a nonce: %s", q.Body)
		}
	}
}

func TestMemberCommandsAreLocalized(t *testing.T) {
	t.Parallel()
	r, _, _ := helped(t, fake.Options{}, set{})
	help := slices.DeleteFunc(r.s.Commands(), func(c fake.Command) bool { return c.Name != "helpme" })
	if len(help) != 2 || help[1].GuildID != "" || !slices.Equal(help[1].Contexts, []int{int(api.ContextBotDM)}) {
		t.Fatalf("%+v", help)
	}
	for _, c := range help {
		if c.Names["zh-TW"] != "求助" || c.Descriptions["zh-CN"] != zhCN.say("cmd_helpme") || c.Description != english.say("cmd_helpme") {
			t.Errorf("%+v", c)
		}
	}
}

func TestNoCommunityNoMembers(t *testing.T) {
	t.Parallel()
	r, th, _ := staffed(t, fake.Options{}, nil)
	r.listen()
	mia := r.s.AddMember("Mia")
	r.say(r.dm(mia), mia, "anybody?")
	alice := r.s.Members()[slices.IndexFunc(r.s.Members(), func(m fake.Member) bool { return m.User.Username == "alice" })]
	r.say(th.ExternalID, alice, "heard")
	if in := r.wait(1, kind(connector.InMessage)); len(in) != 1 || in[0].Content.Text != "heard" {
		t.Errorf("%+v", in)
	}
	if slices.ContainsFunc(r.s.Commands(), func(c fake.Command) bool { return c.Name == "helpme" }) {
		t.Error("/helpme is there")
	}
	if all, _ := r.rules.list(); len(all) != 1 {
		t.Errorf("%+v", all)
	}
}
