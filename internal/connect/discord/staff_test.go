package discord

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/discord"
	fake "kefu/internal/fake/discord"
)

// lobby is a listening rig whose staff have a role, and a channel that is no ticket's. What the rules answer is given.
func lobby(t *testing.T, view func(connector.Inbound) *connector.View) (r *rig, channel string, alice fake.Member) {
	t.Helper()
	r, _, alice = staffed(t, fake.Options{}, nil)
	r.rules.answer = func(in connector.Inbound) connector.Result { return connector.Result{View: view(in)} }
	room := r.s.AddChannel(fake.Channel{Type: fake.TypeText, Name: "lobby"})
	r.listen()
	return r, room.ID, alice
}

func plain(connector.Inbound) *connector.View { return &connector.View{} }

func case33() kefu.Ticket {
	return kefu.Ticket{ID: "tkt_33", Number: 33, ConversationID: "cnv_33", Title: "Where is *it*?", Status: kefu.TicketProcessing, Priority: kefu.PriorityHigh,
		AssigneeID: "agt_1", TeamID: "tea_1", Category: "bug", CreatedAt: time.Unix(1700000000, 0), UpdatedAt: time.Unix(1700000200, 0)}
}

// TestTicketCommands holds what each command asks of the rules, wherever it is given, and what is answered.
func TestTicketCommands(t *testing.T) {
	t.Parallel()
	r, channel, alice := lobby(t, func(connector.Inbound) *connector.View {
		return &connector.View{Ticket: case33(), Owner: "Bob", Teams: map[kefu.TeamID]string{"tea_1": "Payments"}, Customer: kefu.Contact{Name: "De*mo"}}
	})
	bob := r.s.AddMember("Bob", alice.Roles...)
	for _, c := range []struct {
		name    string
		options map[string]any
		command string
		args    map[string]string
		words   string
	}{
		{"ticket list", map[string]any{"status": "pending", "mine": true}, connector.CmdTicketList, map[string]string{"status": "pending", "mine": "yes"}, zhTW.say("tickets_none")},
		{"ticket assign", map[string]any{"number": 33, "member": bob.ID}, connector.CmdTicketAssign,
			map[string]string{"number": "33", "agent_id": bob.ID, "agent_name": "Bob", "team": ""}, zhTW.say("ticket_given", 33, "Bob")},
		{"ticket assign", map[string]any{"number": 33, "team": "tea_1"}, connector.CmdTicketAssign,
			map[string]string{"number": "33", "team": "tea_1", "agent_id": ""}, zhTW.say("ticket_given", 33, "Payments")},
		{"ticket status", map[string]any{"number": 33, "status": "processing"}, connector.CmdTicketStatus,
			map[string]string{"number": "33", "status": "processing"}, zhTW.say("ticket_moved", 33, "處理中")},
		{"ticket link", map[string]any{"number": 33}, connector.CmdTicketLink, map[string]string{"number": "33", "of": ""}, zhTW.say("ticket_unlinked", 33)},
		{"block", map[string]any{"member": bob.ID, "reason": "spam"}, connector.CmdBlock,
			map[string]string{"member": bob.ID, "name": "Bob", "reason": "spam"}, zhTW.say("blocked", `De\*mo`)},
		{"unblock", map[string]any{"member": bob.ID}, connector.CmdUnblock, map[string]string{"member": bob.ID}, zhTW.say("unblocked", `De\*mo`)},
	} {
		i := r.slash(channel, alice, c.name, c.options)
		if words := r.said(i); words != c.words {
			t.Errorf("/%s is answered %q, want %q", c.name, words, c.words)
		}
		in := r.wait(1, func(in connector.Inbound) bool { return in.Key == "i:"+i.ID })[0]
		if in.Command.Name != c.command || in.Sender.ID != alice.ID || in.Sender.Kind != kefu.AuthorAgent {
			t.Errorf("/%s: %+v of %+v", c.name, in.Command, in.Sender)
		}
		for k, v := range c.args {
			if in.Command.Args[k] != v {
				t.Errorf("/%s: %s is %q, want %q", c.name, k, in.Command.Args[k], v)
			}
		}
	}
}

// TestTicketListIsCutAtALine holds that a list has links to channels, shows titles as they were written, and ends at a line.
func TestTicketListIsCutAtALine(t *testing.T) {
	t.Parallel()
	r, channel, alice := lobby(t, func(connector.Inbound) *connector.View {
		v := &connector.View{Names: map[kefu.AgentID]string{"agt_1": "Bob"}, Threads: map[kefu.ConversationID]string{"cnv_33": "4711"}}
		for n := range 20 {
			one := case33()
			one.Number -= int64(n)
			one.Title += strings.Repeat(" 長", 100)
			if n > 0 {
				one.ConversationID, one.AssigneeID = "", ""
			}
			v.Tickets = append(v.Tickets, one)
		}
		return v
	})
	words := r.said(r.slash(channel, alice, "ticket list", nil))
	lines := strings.Split(words, "\n")
	if !strings.HasPrefix(lines[0], `**#33** 處理中 · Where is \*it\*?`) || !strings.HasSuffix(lines[0], "· Bob · <#4711>") {
		t.Errorf("first line %q", lines[0])
	}
	if width(words) > api.MaxContent || len(lines) < 10 || lines[len(lines)-1] != "…" {
		t.Errorf("%d characters, the last line is %q", width(words), lines[len(lines)-1])
	}
}

// TestTicketCard holds that a ticket is shown with its history in words: names for ids, numbers for tickets, times for each reader.
func TestTicketCard(t *testing.T) {
	t.Parallel()
	one := case33()
	one.Description, one.DuplicateOf = strings.Repeat("<@1> long ", 600), "tkt_12"
	at := time.Unix(1700000100, 0)
	v := &connector.View{Ticket: one, Customer: kefu.Contact{Name: "Demo"}, Names: map[kefu.AgentID]string{"agt_1": "Bob"}, Teams: map[kefu.TeamID]string{"tea_1": "Payments"},
		Tickets: []kefu.Ticket{{ID: "tkt_12", Number: 12}, {ID: "tkt_40", Number: 40, DuplicateOf: "tkt_33"}},
		History: []kefu.TicketChange{
			{At: at, By: kefu.Author{Name: "Amy"}, Field: "status", From: "pending", To: "processing"},
			{At: at, By: kefu.Author{Name: "Amy"}, Field: "assignee_id", To: "agt_1"},
			{At: at, By: kefu.System(), Field: "description", From: "a", To: "b"},
			{At: at, By: kefu.Author{Name: "Amy"}, Field: "duplicate_of", To: "tkt_12"},
			{At: at, By: kefu.Author{Name: "Amy"}, Field: "due_at", To: "2023-11-14T22:13:20Z"},
			{At: at, By: kefu.Author{Name: "Amy"}, Field: "priority", From: "low", To: "high"},
			{At: at, By: kefu.Author{Name: "Amy"}, Field: "colour", From: "x", To: "y"},
		}}
	for l, want := range map[lang][]string{
		english: {"**in progress** · Priority: high", `\<\@1> long`, "Assigned to: Bob", "Repeats: #12", "Repeated by: #40", "Customer: Demo", "<t:1700000000:f>", "Last change: <t:1700000200:R>",
			"Amy · Status: waiting → in progress", "Amy · Assigned to: – → Bob", "description changed", "Amy · Repeats: – → #12", "Amy · Due: – → <t:1700000000:f>",
			"Amy · Priority: low → high", "Amy · colour: x → y"},
		zhTW: {"**處理中** · 優先順序：高", "負責人：Bob", "Amy · 狀態：待處理 → 處理中", "說明已變更"},
		zhCN: {"**处理中** · 优先级：高", "负责人：Bob", "Amy · 状态：待处理 → 处理中", "说明已更改"},
	} {
		card := ticketCard(l, v)
		for _, w := range want {
			if !strings.Contains(card.Description, w) {
				t.Errorf("%s: the card lacks %q:\n%s", l, w, card.Description)
			}
		}
		if width(card.Description) > 4096 {
			t.Errorf("%s: %d characters", l, width(card.Description))
		}
	}
	r, channel, alice := lobby(t, func(connector.Inbound) *connector.View { return v })
	i := r.slash(channel, alice, "ticket show", map[string]any{"number": 33})
	r.said(i)
	if m := i.Outcome().Original; len(m.Embeds) != 1 || !strings.Contains(m.Embeds[0].Title, "#33") {
		t.Errorf("shown %+v", m)
	}
}

// TestOnlyStaffHaveTickets holds who may use the commands: members with an agent role, and without one in the settings who may manage messages.
func TestOnlyStaffHaveTickets(t *testing.T) {
	t.Parallel()
	r, channel, _ := lobby(t, plain)
	moderator := r.s.AddMember("Moderator", r.s.AddRole("mods", fake.Permissions(api.PermissionManageMessages)).ID)
	visitor := r.s.AddMember("Visitor")
	for _, who := range []fake.Member{moderator, visitor} {
		if words := r.said(r.slash(channel, who, "ticket list", nil)); words != zhTW.say("not_agent") {
			t.Errorf("with roles in the settings %s is told %q", who.User.Username, words)
		}
	}
	for name, has := range map[string]api.Permissions{"nothing": 0, "messages": api.PermissionManageMessages, "everything": api.PermissionAdministrator} {
		c := &Connector{}
		if got := c.mayAsk(connector.CmdTicketShow, &api.Member{Permissions: has}); got != (name != "nothing") {
			t.Errorf("without roles in the settings a member who may manage %s may: %v", name, got)
		}
	}
	if (&Connector{}).mayAsk(connector.CmdTicketShow, nil) {
		t.Error("nobody at all may")
	}
	if all, _ := r.rules.list(); len(all) != 0 {
		t.Errorf("taken in: %+v", all)
	}
}

func TestStaffRefusals(t *testing.T) {
	t.Parallel()
	stuck := &connector.View{Refused: connector.RefusedStep, Ticket: kefu.Ticket{Number: 33, Status: kefu.TicketClosed}}
	for _, c := range []struct {
		name string
		args map[string]string
		v    *connector.View
		want string
	}{
		{connector.CmdTicketStatus, nil, stuck, "Ticket #33 is closed: that step does not exist. It can become: in progress."},
		{connector.CmdTicketShow, map[string]string{"number": "9"}, &connector.View{Refused: connector.RefusedNotFound}, "There is no ticket #9 here."},
		{connector.CmdTicketLink, map[string]string{"number": "9", "of": "8"}, &connector.View{Refused: connector.RefusedNotFound}, "There is no ticket #9 or no ticket #8 here."},
		{connector.CmdTicketLink, map[string]string{"number": "9", "of": "9"}, &connector.View{Refused: connector.RefusedInvalid}, english.say("refused_itself")},
		{connector.CmdCanned, nil, &connector.View{Refused: connector.RefusedNotFound}, english.say("refused_canned")},
		{connector.CmdTransfer, map[string]string{}, &connector.View{Refused: connector.RefusedNotFound}, english.say("refused_whom")},
		{connector.CmdTransfer, map[string]string{"agent_id": "1"}, &connector.View{Refused: connector.RefusedNotFound}, english.say("refused_agent")},
		{connector.CmdTicketAssign, nil, &connector.View{Refused: connector.RefusedInvalid}, english.say("refused_who")},
	} {
		edit := answer(english, request{name: c.name, args: c.args}, connector.Result{View: c.v})
		if *edit.Content != c.want {
			t.Errorf("%s %v: %q, want %q", c.name, c.args, *edit.Content, c.want)
		}
	}
}

// TestCannedIsSentAsAReply holds what /canned hands over, and that a talk which another desk has can be taken over.
func TestCannedIsSentAsAReply(t *testing.T) {
	t.Parallel()
	r, th, alice, _ := carded(t, fake.Options{})
	i := r.slash(th.ExternalID, alice, "canned", map[string]any{"shortcut": "can_1", "text": "and thanks"})
	if words := r.said(i); words != zhTW.say("sent") {
		t.Errorf("answer %q", words)
	}
	in := r.wait(1, kind(connector.InCommand))[0]
	if in.Command.Name != connector.CmdCanned || in.Command.Args["shortcut"] != "can_1" || in.Content.Text != "and thanks" || in.ThreadID != th.ExternalID ||
		in.Sender.Locale == "" {
		t.Errorf("%+v", in)
	}
}

// TestOptionsAreOffered types into the options: one question to the rules each, with the thread where there is one, and their answer in order.
func TestOptionsAreOffered(t *testing.T) {
	t.Parallel()
	r, th, alice := staffed(t, fake.Options{}, nil)
	r.rules.answer = func(connector.Inbound) connector.Result {
		v := &connector.View{}
		for n := range 40 {
			v.Choices = append(v.Choices, kefu.Choice{Label: fmt.Sprint(n, strings.Repeat("長", 120)), Value: fmt.Sprint("v", n)})
		}
		return connector.Result{View: v}
	}
	r.listen()
	for _, c := range []struct{ command, option, what, thread string }{
		{"canned", "shortcut", "canned", th.ExternalID}, {"transfer", "team", "team", th.ExternalID}, {"transfer", "desk", "desk", th.ExternalID},
		{"ticket assign", "team", "team", ""},
	} {
		i, err := r.s.Suggest(th.ExternalID, alice.ID, c.command, c.option, "hel", nil)
		if err != nil {
			t.Fatal(err)
		}
		out, err := i.Callback(r.ctx)
		if err != nil || out.Callback != fake.CallbackAutocomplete || len(out.Choices) != 25 || out.Choices[0].Value != "v0" || out.Choices[24].Value != "v24" {
			t.Fatalf("/%s %s: %+v, %v", c.command, c.option, out, err)
		}
		all, _ := r.rules.list()
		in := all[len(all)-1]
		if in.Command.Name != connector.CmdFind || in.Command.Args["what"] != c.what || in.Command.Args["q"] != "hel" || in.ThreadID != c.thread || in.Sender.Locale == "" {
			t.Errorf("/%s %s asks %+v of %q", c.command, c.option, in.Command, in.ThreadID)
		}
	}
	if all, _ := r.rules.list(); len(all) != 4 {
		t.Errorf("%d questions for 4 options", len(all))
	}
	visitor := r.s.AddMember("Visitor")
	room := r.s.AddChannel(fake.Channel{Type: fake.TypeText, Name: "lobby"})
	for _, option := range []string{"canned shortcut", "transfer team"} {
		command, name, _ := strings.Cut(option, " ")
		i, err := r.s.Suggest(room.ID, visitor.ID, command, name, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		if out, err := i.Callback(r.ctx); err != nil || len(out.Choices) != 0 {
			t.Errorf("a visitor is offered %+v, %v", out, err)
		}
	}
	if all, _ := r.rules.list(); len(all) != 4 {
		t.Errorf("the rules were asked for a visitor")
	}
}

func waits(n int, all bool) connector.StatusChange {
	return connector.StatusChange{DeliveryID: kefu.DeliveryID(fmt.Sprint("dlv_wait", n)), Kind: connector.StatusWaiting, Since: time.Unix(1700000000, 0), At: time.Now(), All: all,
		Ticket: kefu.Ticket{Number: 33}}
}

// TestStaffAreCalled holds that the agent roles, and nobody else, are pinged; that a call is posted once whatever answer is lost; and that the
// next one takes its place while it is the newest post.
func TestStaffAreCalled(t *testing.T) {
	t.Parallel()
	r, th, alice := staffed(t, fake.Options{NonceWindow: 1}, nil)
	r.s.Inject(fake.Fault{Kind: fake.FaultResetAfter, Method: "POST", Count: 1})
	s := waits(0, false)
	err := r.c.SendStatus(r.ctx, th, s)
	refused(t, err, connector.Uncertain, connector.ScopeThread)
	s.Unsure = true
	for range 2 {
		if err := r.c.SendStatus(r.ctx, th, s); err != nil {
			t.Fatal(err)
		}
	}
	posts := r.bot(th.ExternalID)
	if len(posts) != 1 || posts[0].Content != "<@&"+alice.Roles[0]+">" || posts[0].Embeds[0].Description != zhTW.say("call_first", 33, 1700000000) {
		t.Fatalf("called by %+v", posts)
	}
	if err := r.c.SendStatus(r.ctx, th, waits(2, true)); err != nil {
		t.Fatal(err)
	}
	if posts = r.bot(th.ExternalID); len(posts) != 1 || !strings.Contains(posts[0].Embeds[0].Description, zhTW.say("calling_all")) {
		t.Errorf("called again by %+v", posts)
	}
	r.send(outbound(th, 1, "hello?"))
	if err := r.c.SendStatus(r.ctx, th, waits(3, false)); err != nil {
		t.Fatal(err)
	}
	if posts = r.bot(th.ExternalID); len(posts) != 3 {
		t.Errorf("%d posts after the customer wrote again", len(posts))
	}
	pings := 0
	for _, q := range r.s.Requests() {
		if q.Method == http.MethodPost && strings.Contains(string(q.Body), `"roles":["`+alice.Roles[0]+`"]`) {
			pings++
		}
	}
	if pings != 2 {
		t.Errorf("%d posts ping the role", pings)
	}
}

func TestNobodyIsPingedWithoutRoles(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{}, nil)
	th := r.open(33)
	if err := r.c.SendStatus(r.ctx, th, waits(1, true)); err != nil {
		t.Fatal(err)
	}
	if posts := r.bot(th.ExternalID); len(posts) != 1 || posts[0].Content != "" || posts[0].Embeds[0].Description != zhTW.say("calling", 33, 1700000000)+"\n"+zhTW.say("calling_all") {
		t.Errorf("called by %+v", posts)
	}
}

// TestStaffWordsComplete holds that every text exists in every language and takes the same arguments in each.
func TestStaffWordsComplete(t *testing.T) {
	t.Parallel()
	verb := regexp.MustCompile(`%[a-z]`)
	for w, by := range staffTexts {
		for l := range lang(languages) {
			if by[l] == "" || !slices.Equal(verb.FindAllString(by[l], -1), verb.FindAllString(by[english], -1)) {
				t.Errorf("%q is %q in %s", w, by[l], l)
			}
		}
		if strings.HasPrefix(string(w), "cmd_") || strings.HasPrefix(string(w), "opt_") {
			for l := range lang(languages) {
				if width(by[l]) > 100 {
					t.Errorf("%q is too long for Discord in %s", w, l)
				}
			}
		}
	}
}
