package discord_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"kefu/internal/fake/discord"
)

// list is how many entries a list answer has.
func (b *bot) list(path string) int {
	b.t.Helper()
	var out []json.RawMessage
	a := b.do("GET", path, nil)
	if err := json.Unmarshal(a.Raw, &out); err != nil {
		b.t.Errorf("GET %s: %d %s", path, a.Status, a.Raw)
	}
	return len(out)
}

func TestAccountAndGuild(t *testing.T) {
	s := start(t, discord.Options{MembersIntentOff: true, Community: true})
	b := newBot(t, s)
	who := s.AddMember("Lin", s.AddRole("agents", 0).ID)
	guild := "/guilds/" + s.GuildID()
	if a := b.do("GET", "/applications/@me", nil); a.JSON["flags"] != float64(1<<19) || a.JSON["id"] != s.ApplicationID() {
		t.Errorf("application %s, want the content flag alone", a.Raw)
	}
	if a := b.do("GET", guild+"?with_counts=true", nil); a.JSON["approximate_member_count"] != 3.0 || len(a.JSON["roles"].([]any)) != 3 {
		t.Errorf("guild %s", a.Raw)
	}
	if c, r, g := b.list(guild+"/channels"), b.list(guild+"/roles"), b.list("/users/@me/guilds"); c != 1 || r != 3 || g != 1 {
		t.Errorf("%d channels, %d roles, %d guilds", c, r, g)
	}
	if a := b.do("GET", guild+"/members/"+who.ID, nil); len(a.JSON["roles"].([]any)) != 1 {
		t.Errorf("member %s", a.Raw)
	}
	b.want(b.do("GET", guild+"/members?limit=10", nil), 403, 50001)
	if err := s.SetRoles(who.ID); err != nil {
		t.Fatal(err)
	}
	if a := b.do("GET", guild+"/members/"+who.ID, nil); len(a.JSON["roles"].([]any)) != 0 {
		t.Errorf("roles taken away: %s", a.Raw)
	}
	if err := s.RemoveMember(who.ID); err != nil {
		t.Fatal(err)
	}
	b.want(b.do("GET", guild+"/members/"+who.ID, nil), 404, 10007)
	b.want(b.do("GET", guild+"/members/1", nil), 404, 10013)
	b.want(b.do("GET", "/guilds/1", nil), 404, 10004)
	b.must("GET", "/users/"+who.ID, nil)
}

func TestMoveBetweenCategories(t *testing.T) {
	s := start(t, discord.Options{ChannelsPerCategory: 1})
	b := newBot(t, s)
	one := s.AddChannel(discord.Channel{Type: discord.TypeCategory, Name: "one"}).ID
	two := s.AddChannel(discord.Channel{Type: discord.TypeCategory, Name: "two"}).ID
	c := b.must("POST", "/guilds/"+s.GuildID()+"/channels", obj{"name": "x", "parent_id": one})
	b.must("PATCH", "/channels/"+c, obj{"parent_id": one}) // where it is: no room needed
	b.must("PATCH", "/channels/"+c, obj{"parent_id": two})
	b.must("POST", "/guilds/"+s.GuildID()+"/channels", obj{"name": "y", "parent_id": one})
	b.want(b.do("POST", "/guilds/"+s.GuildID()+"/channels", obj{"name": "z", "parent_id": two}), 400, 50035)
	b.want(b.do("POST", "/guilds/"+s.GuildID()+"/channels", obj{"name": "z", "parent_id": c}), 400, 50035)
}

func TestOverwrites(t *testing.T) {
	s := start(t, discord.Options{})
	b := newBot(t, s)
	c := "/channels/" + b.must("POST", "/guilds/"+s.GuildID()+"/channels", obj{"name": "x"})
	role := s.AddRole("agents", 0).ID
	b.must("PUT", c+"/permissions/"+role, obj{"type": 0, "allow": "1024"})
	b.want(b.do("PUT", c+"/permissions/1", obj{"type": 0}), 400, 50035)
	b.must("DELETE", c+"/permissions/"+role, nil)
	b.want(b.do("DELETE", c+"/permissions/"+role, nil), 404, 10009)
	b.must("PATCH", c, obj{"permission_overwrites": []obj{{"id": role, "type": 0, "deny": "2048"}}})
	b.want(b.do("PATCH", c, obj{"permission_overwrites": []obj{{"id": role, "type": 0, "deny": "8"}}}), 403, 50013)
}

func TestEditAndReply(t *testing.T) {
	s := start(t, discord.Options{})
	b := newBot(t, s)
	who := s.AddMember("Lin").ID
	path := "/channels/" + general(t, s) + "/messages"
	theirs, err := s.Say(general(t, s), who, "hello", discord.File{Name: "a.png", Data: []byte("x")})
	if err != nil {
		t.Fatal(err)
	}
	mine := b.must("POST", path, obj{"content": "hi", "message_reference": obj{"message_id": theirs.ID}, "allowed_mentions": obj{"replied_user": false}})
	m, _ := s.Message(mine)
	if m.Type != 19 || m.ReferencedMessage == nil || m.ReferencedMessage.Content != "hello" || len(m.Mentions) != 0 {
		t.Errorf("reply %+v", m)
	}
	b.must("PATCH", path+"/"+mine, obj{"content": "hi there"})
	b.want(b.do("PATCH", path+"/"+mine, obj{"content": ""}), 400, 50006)
	b.want(b.do("PATCH", path+"/"+theirs.ID, obj{"content": "x"}), 403, 50005)
	if got, err := s.Edit(theirs.ID, "changed"); err != nil || got.Content != "changed" || len(got.Attachments) != 1 {
		t.Errorf("a member's edit: %+v, %v", got, err)
	}
	if _, err := s.Edit(mine, "x"); err == nil {
		t.Error("a member edited the bot's message")
	}
	b.must("POST", path+"/bulk-delete", obj{"messages": []string{mine, theirs.ID}})
	if got := s.Messages(general(t, s)); len(got) != 0 {
		t.Errorf("after bulk delete: %+v", got)
	}
	if l := s.Ledger(); len(l) != 1 || !l[0].Deleted || l[0].Content != "hi there" {
		t.Errorf("ledger %+v", l)
	}
}

func TestSelect(t *testing.T) {
	h := newHelpdesk(t, discord.Options{})
	pick := obj{"type": 3, "custom_id": "who", "options": []obj{{"label": "A", "value": "a"}, {"label": "B", "value": "b"}}}
	path := "/channels/" + h.channel + "/messages"
	m := h.must("POST", path, obj{"components": rows(pick)})
	if _, err := h.s.Select(m, "who", h.member, "b"); err != nil {
		t.Fatal(err)
	}
	if raw := string(h.k.event("INTERACTION_CREATE").D); !strings.Contains(raw, `"values":["b"]`) {
		t.Errorf("event %s", raw)
	}
	if _, err := h.s.Press(m, "who", h.member); err == nil {
		t.Error("pressed a select")
	}
	pick["options"] = []obj{{"label": "A", "value": "a"}, {"label": "B", "value": "a"}}
	h.want(h.do("POST", path, obj{"components": rows(pick)}), 400, 50035)
	h.want(h.do("POST", path, obj{"components": rows(pick, button("x"))}), 400, 50035)
}

func TestCommandCalls(t *testing.T) {
	s := start(t, discord.Options{})
	b := newBot(t, s)
	path := "/applications/" + s.ApplicationID() + "/commands"
	id := b.must("POST", path, obj{"name": "helpme", "description": "x"})
	if again := b.must("POST", path, obj{"name": "helpme", "description": "y"}); again != id || b.list(path) != 1 {
		t.Errorf("registering again gave %s, want %s", again, id)
	}
	who := s.AddMember("Lin").ID
	dm, err := s.DM(who)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Slash(dm.ID, who, "helpme", nil); err != nil {
		t.Errorf("a global command in a DM: %v", err)
	}
	b.must("DELETE", path+"/"+id, nil)
	b.want(b.do("DELETE", path+"/"+id, nil), 404, 10063)
	b.want(b.do("GET", "/applications/1/commands", nil), 403, 50001)
}

func TestWaits(t *testing.T) {
	s := start(t, discord.Options{})
	b := newBot(t, s)
	ready := make(chan error)
	go func() { ready <- s.WaitReady(t.Context()) }()
	login(t, s, guilds)
	if err := <-ready; err != nil {
		t.Fatal(err)
	}
	found := make(chan error)
	go func() {
		c, err := s.WaitChannel(t.Context(), func(c discord.Channel) bool { return c.Name == "ticket" })
		if err == nil {
			_, err = s.WaitMessage(t.Context(), c.ID, func(m discord.Message) bool { return m.Content == "hi" })
		}
		if err == nil {
			_, err = s.WaitMessage(t.Context(), "", func(m discord.Message) bool { return m.Content == "hi" })
		}
		found <- err
	}()
	c := b.must("POST", "/guilds/"+s.GuildID()+"/channels", obj{"name": "ticket"})
	b.must("POST", "/channels/"+c+"/messages", obj{"content": "hi"})
	if err := <-found; err != nil {
		t.Error(err)
	}
}

func TestFull(t *testing.T) {
	s := start(t, discord.Options{MaxMessages: 3})
	b := newBot(t, s)
	path := "/channels/" + general(t, s) + "/messages" // the channel is one of the three
	for i := range 2 {
		b.must("POST", path, obj{"content": fmt.Sprint(i)})
	}
	b.want(b.do("POST", path, obj{"content": "x"}), 503, 0)
}
