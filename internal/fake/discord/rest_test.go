package discord_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kefu/internal/fake/discord"
)

// clock is a time that tests move.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

func newClock() *clock { return &clock{time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)} }

func general(t *testing.T, s *discord.Server) string {
	t.Helper()
	c, found := s.ChannelNamed("general")
	if !found {
		t.Fatal("a new guild has a general channel")
	}
	return c.ID
}

func TestChannelNames(t *testing.T) {
	s := start(t, discord.Options{ForbiddenWords: []string{"darn"}})
	b := newBot(t, s)
	for in, want := range map[string]string{
		"#網站-客-0033": "網站-客-0033", "Hello  World!": "hello-world", "a.b/c": "abc", "Ünï_1": "ünï_1",
	} {
		a := b.do("POST", "/guilds/"+s.GuildID()+"/channels", obj{"name": in})
		if a.Status != 201 || a.JSON["name"] != want {
			t.Errorf("%q became %v (%d), want %q", in, a.JSON["name"], a.Status, want)
		}
	}
	for _, bad := range []string{"ticket-1488", "DARN-it", "###", strings.Repeat("長", 101)} {
		b.want(b.do("POST", "/guilds/"+s.GuildID()+"/channels", obj{"name": bad}), 400, 50035)
	}
	a := b.do("POST", "/guilds/"+s.GuildID()+"/channels", obj{"name": "ticket-1488"})
	want := obj{"name": obj{"_errors": []any{obj{
		"code": "INVALID_COMMUNITY_PROPERTY_NAME", "message": "Contains words not allowed for servers in Server Discovery."}}}}
	if diff := cmp.Diff(want, a.JSON["errors"]); diff != "" {
		t.Errorf("form error (-want +got):\n%s", diff)
	}
}

func TestCategoryAndGuildFull(t *testing.T) {
	s := start(t, discord.Options{ChannelsPerCategory: 2, ChannelsPerGuild: 5})
	b := newBot(t, s)
	path := "/guilds/" + s.GuildID() + "/channels"
	category := b.must("POST", path, obj{"name": "Tickets", "type": discord.TypeCategory})
	first := b.must("POST", path, obj{"name": "a", "parent_id": category})
	b.must("POST", path, obj{"name": "b", "parent_id": category})
	full := b.do("POST", path, obj{"name": "c", "parent_id": category})
	b.want(full, 400, 50035)
	if !strings.Contains(string(full.Raw), `"parent_id":{"_errors":[{"code":"CHANNEL_PARENT_MAX_CHANNELS"`) {
		t.Errorf("full category: %s", full.Raw)
	}
	free := b.must("POST", path, obj{"name": "c"})
	b.want(b.do("PATCH", "/channels/"+free, obj{"parent_id": category}), 400, 50035)
	b.want(b.do("POST", path, obj{"name": "d"}), 400, 30013)
	b.must("DELETE", "/channels/"+first, nil)
	b.must("POST", path, obj{"name": "e", "parent_id": category})
	if err := s.DeleteChannel(category); err != nil {
		t.Fatal(err)
	}
	if c, _ := s.ChannelNamed("e"); c.ParentID != "" {
		t.Errorf("a channel keeps its deleted category %s", c.ParentID)
	}
}

func TestDeletedChannel(t *testing.T) {
	s := start(t, discord.Options{})
	b := newBot(t, s)
	id := b.must("POST", "/guilds/"+s.GuildID()+"/channels", obj{"name": "x"})
	m := b.must("POST", "/channels/"+id+"/messages", obj{"content": "hi"})
	if err := s.DeleteChannel(id); err != nil {
		t.Fatal(err)
	}
	for _, a := range []answer{
		b.do("GET", "/channels/"+id, nil),
		b.do("POST", "/channels/"+id+"/messages", obj{"content": "again"}),
		b.do("PATCH", "/channels/"+id+"/messages/"+m, obj{"content": "again"}),
		b.do("DELETE", "/channels/"+id, nil),
	} {
		b.want(a, 404, 10003)
	}
	if l := s.Ledger(); len(l) != 1 || l[0].Content != "hi" || !l[0].Deleted {
		t.Errorf("ledger %+v, want the message of the deleted channel", l)
	}
	if got := s.Messages(id); len(got) != 1 {
		t.Errorf("a deleted channel shows %d messages, want what it had", len(got))
	}
}

func TestMessageRules(t *testing.T) {
	s := start(t, discord.Options{})
	b := newBot(t, s)
	path := "/channels/" + general(t, s) + "/messages"
	for name, c := range map[string]struct {
		body         obj
		status, code int
		words        string
	}{
		"empty":           {obj{}, 400, 50006, ""},
		"blank":           {obj{"content": "  \n"}, 400, 50006, ""},
		"long":            {obj{"content": strings.Repeat("x", 2001)}, 400, 50035, "Must be 2000 or fewer in length."},
		"long in UTF-16":  {obj{"content": strings.Repeat("😀", 1001)}, 400, 50035, "2000"},
		"not a list":      {obj{"embeds": obj{}}, 400, 50035, "LIST_TYPE_CONVERT"},
		"eleven embeds":   {obj{"embeds": make([]obj, 11)}, 400, 50035, "Must be between 0 and 10"},
		"embeds too big":  {obj{"embeds": []obj{{"description": strings.Repeat("x", 4000)}, {"description": strings.Repeat("x", 2001)}}}, 400, 50035, "MAX_EMBED_SIZE_EXCEEDED"},
		"field nameless":  {obj{"embeds": []obj{{"fields": []obj{{"value": "v"}}}}}, 400, 50035, `"fields":{"0":{"name":`},
		"bad picture":     {obj{"embeds": []obj{{"image": obj{"url": "ftp://x/y"}}}}, 400, 50035, "URL_TYPE_INVALID_SCHEME"},
		"button silent":   {obj{"components": rows(obj{"type": 2, "style": 1, "label": "x"})}, 400, 50035, "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED"},
		"buttons alike":   {obj{"content": "x", "components": rows(button("a"), button("a"))}, 400, 50035, "COMPONENT_CUSTOM_ID_DUPLICATED"},
		"six in a row":    {obj{"components": rows(button("1"), button("2"), button("3"), button("4"), button("5"), button("6"))}, 400, 50035, "Must be between 1 and 5"},
		"long nonce":      {obj{"content": "x", "nonce": strings.Repeat("n", 26)}, 400, 50035, "25"},
		"unknown parse":   {obj{"content": "x", "allowed_mentions": obj{"parse": []string{"all"}}}, 400, 50035, "BASE_TYPE_CHOICES"},
		"reply to nobody": {obj{"content": "x", "message_reference": obj{"message_id": "1"}}, 400, 50035, "Unknown message"},
	} {
		a := b.do("POST", path, c.body)
		if a.Status != c.status || a.code() != c.code || !strings.Contains(string(a.Raw), c.words) {
			t.Errorf("%s: %d %s", name, a.Status, a.Raw)
		}
	}
	a := b.do("POST", path, obj{"content": "  trimmed \n", "nonce": 7})
	if a.JSON["content"] != "trimmed" || a.JSON["nonce"] != "7" {
		t.Errorf("content %q nonce %v", a.JSON["content"], a.JSON["nonce"])
	}
	b.want(b.do("GET", "/channels/@me", nil), 400, 50035)
	b.want(b.do("GET", "/nowhere", nil), 404, 0)
	b.want(b.do("PUT", "/gateway/bot", obj{}), 405, 0)
}

func rows(parts ...obj) []obj { return []obj{{"type": 1, "components": parts}} }

func button(id string) obj { return obj{"type": 2, "style": 1, "label": "x", "custom_id": id} }

func TestEnforcedNonce(t *testing.T) {
	c := newClock()
	s := start(t, discord.Options{Now: c.Now})
	b := newBot(t, s)
	path := "/channels/" + general(t, s) + "/messages"
	body := obj{"content": "part 1", "nonce": "d1-0", "enforce_nonce": true}
	first := b.must("POST", path, body)
	c.now = c.now.Add(2 * time.Minute)
	if again := b.must("POST", path, body); again != first {
		t.Errorf("within the window a second message %s was made", again)
	}
	if loose := b.must("POST", path, obj{"content": "part 1", "nonce": "d1-0"}); loose == first {
		t.Error("without enforce_nonce the nonce must not matter")
	}
	other := b.must("POST", "/guilds/"+s.GuildID()+"/channels", obj{"name": "other"})
	if elsewhere := b.must("POST", "/channels/"+other+"/messages", body); elsewhere == first {
		t.Error("the nonce of one channel hit in another")
	}
	c.now = c.now.Add(3 * time.Minute)
	if late := b.must("POST", path, body); late == first {
		t.Error("after the window the message must be doubled")
	}
	if got := b.do("GET", path+"/"+first, nil); got.JSON["nonce"] != nil {
		t.Errorf("history tells the nonce %v; Discord does not", got.JSON["nonce"])
	}
}

func TestRenameLimit(t *testing.T) {
	c := newClock()
	s := start(t, discord.Options{Now: c.Now, RateLimits: discord.RateLimits{Rules: []discord.RateRule{{Limit: 100, Per: time.Second}}}})
	b := newBot(t, s)
	path := "/channels/" + general(t, s)
	b.must("PATCH", path, obj{"name": "one"})
	c.now = c.now.Add(time.Minute)
	b.must("PATCH", path, obj{"topic": "two"})
	a := b.do("PATCH", path, obj{"name": "three"})
	b.want(a, 429, 0)
	if a.Header.Get("Retry-After") != "540" || a.JSON["retry_after"] != 540.0 || a.Header.Get("X-RateLimit-Remaining") == "0" {
		t.Errorf("rename limit: %v %s; want nine minutes that the bucket does not show", a.Header, a.Raw)
	}
	b.must("PATCH", path, obj{"rate_limit_per_user": 5})
	b.must("PATCH", path, obj{"name": "one"}) // unchanged, not counted
	c.now = c.now.Add(9 * time.Minute)
	b.must("PATCH", path, obj{"name": "three"})
}

func TestPermissions(t *testing.T) {
	s := start(t, discord.Options{})
	b := newBot(t, s)
	secret := s.AddChannel(discord.Channel{Name: "secret", Overwrites: []discord.Overwrite{{ID: s.GuildID(), Deny: discord.ViewChannel}}})
	mute := s.AddChannel(discord.Channel{Name: "mute", Overwrites: []discord.Overwrite{{ID: s.GuildID(), Deny: discord.SendMessages}}})
	b.want(b.do("GET", "/channels/"+secret.ID, nil), 403, 50001)
	b.want(b.do("POST", "/channels/"+mute.ID+"/messages", obj{"content": "x"}), 403, 50013)
	for _, id := range []string{secret.ID, mute.ID} {
		if err := s.SetOverwrite(id, discord.Overwrite{ID: s.BotID(), Type: discord.OverwriteMember, Allow: discord.ViewChannel | discord.SendMessages}); err != nil {
			t.Fatal(err)
		}
		b.must("POST", "/channels/"+id+"/messages", obj{"content": "x"})
	}
	agents := s.AddRole("agents", 0)
	in, out := s.AddMember("in", agents.ID), s.AddMember("out")
	b.must("PUT", "/channels/"+secret.ID+"/permissions/"+agents.ID, obj{"type": 0, "allow": "3072"})
	if _, err := s.Say(secret.ID, in.ID, "hello"); err != nil {
		t.Errorf("an agent cannot speak: %v", err)
	}
	if _, err := s.Say(secret.ID, out.ID, "hello"); err == nil {
		t.Error("a stranger spoke in a private channel")
	}
	b.want(b.do("PUT", "/channels/"+secret.ID+"/permissions/"+agents.ID, obj{"type": 0, "allow": "8"}), 403, 50013)
	s.SetBotPermissions(discord.ViewChannel)
	b.want(b.do("POST", "/guilds/"+s.GuildID()+"/channels", obj{"name": "x"}), 403, 50013)
	b.want(b.do("DELETE", "/channels/"+mute.ID, nil), 403, 50013)
}

func TestHistoryPaging(t *testing.T) {
	s := start(t, discord.Options{})
	b := newBot(t, s)
	path := "/channels/" + general(t, s) + "/messages"
	var ids []string
	for i := range 7 {
		ids = append(ids, b.must("POST", path, obj{"content": fmt.Sprint(i)}))
	}
	if err := s.DeleteMessage(ids[3]); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]string{
		"": "654210", "?limit=2": "65", "?limit=2&before=" + ids[4]: "21", "?limit=2&after=" + ids[1]: "42",
		"?after=" + ids[6]: "", "?limit=3&around=" + ids[4]: "542",
	} {
		var list []discord.Message
		a := b.do("GET", path+query, nil)
		if err := json.Unmarshal(a.Raw, &list); err != nil {
			t.Fatalf("%s: %s", query, a.Raw)
		}
		got := ""
		for _, m := range list {
			got += m.Content
		}
		if got != want {
			t.Errorf("%q lists %q, want %q", query, got, want)
		}
	}
	b.want(b.do("GET", path+"?limit=101", nil), 400, 50035)
}

func TestDirectMessages(t *testing.T) {
	s := start(t, discord.Options{})
	b := newBot(t, s)
	who := s.AddMember("Lin")
	dm := b.must("POST", "/users/@me/channels", obj{"recipient_id": who.ID})
	if again := b.must("POST", "/users/@me/channels", obj{"recipient_id": who.ID}); again != dm {
		t.Error("a second DM was opened")
	}
	b.must("POST", "/channels/"+dm+"/messages", obj{"content": "hi"})
	if err := s.SetDMClosed(who.ID, true); err != nil {
		t.Fatal(err)
	}
	b.want(b.do("POST", "/channels/"+dm+"/messages", obj{"content": "hi"}), 403, 50007)
}

func TestMentions(t *testing.T) {
	s := start(t, discord.Options{})
	b := newBot(t, s)
	who := s.AddMember("Lin")
	path := "/channels/" + general(t, s) + "/messages"
	loud := obj{"content": "@everyone <@" + who.ID + ">"}
	a := b.do("POST", path, loud)
	if a.JSON["mention_everyone"] != true || len(a.JSON["mentions"].([]any)) != 1 {
		t.Errorf("unlocked mentions do not ping: %s", a.Raw)
	}
	loud["allowed_mentions"] = obj{"parse": []string{}}
	a = b.do("POST", path, loud)
	if a.JSON["mention_everyone"] != false || len(a.JSON["mentions"].([]any)) != 0 {
		t.Errorf("locked mentions ping: %s", a.Raw)
	}
}

func TestUpload(t *testing.T) {
	c := newClock()
	s := start(t, discord.Options{Now: c.Now, MaxUpload: 1 << 10})
	b := newBot(t, s)
	path := "/channels/" + general(t, s) + "/messages"
	a := b.upload(path, obj{"content": "see", "attachments": []obj{{"id": 0, "description": "the parcel"}}, "embeds": []obj{{"image": obj{"url": "attachment://b.png"}}}},
		discord.File{Name: "a b.txt", Data: []byte("hello")}, discord.File{Name: "b.png", Data: []byte("\x89PNG\r\n\x1a\n")})
	var m discord.Message
	if err := json.Unmarshal(a.Raw, &m); err != nil || len(m.Attachments) != 1 {
		t.Fatalf("upload: %d %s", a.Status, a.Raw)
	}
	got := m.Attachments[0]
	if got.Filename != "a_b.txt" || got.Description != "the parcel" || got.Size != 5 {
		t.Errorf("attachment %+v", got)
	}
	if body, status := b.fetch(got.URL); status != 200 || body != "hello" {
		t.Errorf("CDN: %d %q", status, body)
	}
	if _, status := b.fetch(m.Embeds[0].Image.URL); status != 200 {
		t.Errorf("picture of the embed: %d", status)
	}
	if _, status := b.fetch(strings.Replace(got.URL, "hm=", "hm=0", 1)); status != 404 {
		t.Errorf("a forged link gave %d", status)
	}
	c.now = c.now.Add(25 * time.Hour)
	if _, status := b.fetch(got.URL); status != 404 {
		t.Errorf("an expired link gave %d", status)
	}
	fresh, _ := s.Message(m.ID)
	if _, status := b.fetch(fresh.Attachments[0].URL); status != 200 {
		t.Errorf("a fresh link gave %d", status)
	}
	b.want(b.upload(path, obj{}, discord.File{Name: "big", Data: make([]byte, 2<<10)}), 413, 40005)
	q := s.Requests()[0]
	if !strings.Contains(string(q.PayloadJSON), `"content":"see"`) || len(q.Files) != 2 {
		t.Errorf("recorded payload %s, files %v", q.PayloadJSON, q.Files)
	}
}

// upload posts a multipart message.
func (b *bot) upload(path string, payload obj, files ...discord.File) answer {
	b.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	raw, _ := json.Marshal(payload)
	_ = w.WriteField("payload_json", string(raw))
	for i, f := range files {
		part, _ := w.CreateFormFile(fmt.Sprintf("files[%d]", i), f.Name)
		_, _ = part.Write(f.Data)
	}
	_ = w.Close()
	q, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.s.APIURL()+path, &body)
	if err != nil {
		b.t.Fatal(err)
	}
	q.Header.Set("Content-Type", w.FormDataContentType())
	q.Header.Set("Authorization", "Bot "+b.s.Token())
	res, err := b.client.Do(q)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	a := answer{Status: res.StatusCode, Header: res.Header}
	a.Raw, _ = io.ReadAll(res.Body)
	_ = json.Unmarshal(a.Raw, &a.JSON)
	return a
}

func (b *bot) fetch(url string) (string, int) {
	b.t.Helper()
	res, err := b.client.Get(url)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, _ := io.ReadAll(res.Body)
	return string(raw), res.StatusCode
}

func TestReactionsAndPins(t *testing.T) {
	s := start(t, discord.Options{})
	b := newBot(t, s)
	who := s.AddMember("Lin")
	path := "/channels/" + general(t, s) + "/messages/"
	m := b.must("POST", strings.TrimSuffix(path, "/"), obj{"content": "x"})
	check := "/reactions/" + "%E2%9C%85" + "/@me"
	b.must("PUT", path+m+check, nil)
	b.must("PUT", path+m+check, nil)
	if err := s.React(m, who.ID, "✅"); err != nil {
		t.Fatal(err)
	}
	if r := s.Reactions(m); len(r) != 1 || r[0].Count != 2 || !r[0].Me {
		t.Errorf("reactions %+v", r)
	}
	b.must("DELETE", path+m+check, nil)
	if r := s.Reactions(m); len(r) != 1 || r[0].Me || r[0].UserIDs[0] != who.ID {
		t.Errorf("reactions after taking ours away %+v", r)
	}
	b.want(b.do("PUT", path+m+"/reactions/word/@me", nil), 400, 10014)
	b.want(b.do("PUT", path+"1"+check, nil), 404, 10008)
	b.must("PUT", strings.TrimSuffix(path, "messages/")+"pins/"+m, nil)
	if list := s.Messages(general(t, s)); len(list) != 2 || list[1].Type != 6 || !list[0].Pinned {
		t.Errorf("pinning: %+v, want the line about it", list)
	}
}

func TestThreadsAndForum(t *testing.T) {
	s := start(t, discord.Options{ChannelsPerGuild: 2})
	b := newBot(t, s)
	forum := s.AddChannel(discord.Channel{Type: discord.TypeForum, Name: "posts", AvailableTags: []discord.ForumTag{{Name: "open"}}})
	b.want(b.do("POST", "/guilds/"+s.GuildID()+"/channels", obj{"name": "x"}), 400, 30013)
	b.want(b.do("POST", "/channels/"+forum.ID+"/messages", obj{"content": "x"}), 400, 50008)
	a := b.do("POST", "/channels/"+forum.ID+"/threads", obj{"name": "Ticket 33", "applied_tags": []string{forum.AvailableTags[0].ID}, "message": obj{"content": "first"}})
	post, _ := a.JSON["id"].(string)
	if a.Status != 201 || a.JSON["message"].(obj)["id"] != post || a.JSON["parent_id"] != forum.ID {
		t.Fatalf("forum post: %d %s", a.Status, a.Raw)
	}
	b.want(b.do("POST", "/channels/"+forum.ID+"/threads", obj{"name": "no message"}), 400, 50035)
	b.must("PATCH", "/channels/"+post, obj{"archived": true})
	b.must("POST", "/channels/"+post+"/messages", obj{"content": "back"})
	if c, _ := s.Channel(post); c.Thread.Archived {
		t.Error("a message must bring an archived thread back")
	}
	b.must("PATCH", "/channels/"+post, obj{"locked": true})
	who := s.AddMember("Lin")
	if _, err := s.Say(post, who.ID, "hi"); err == nil {
		t.Error("a member spoke in a locked thread")
	}
	private := b.must("POST", "/channels/"+general(t, s)+"/threads", obj{"name": "quiet", "type": 12})
	if _, err := s.Say(private, who.ID, "hi"); err == nil {
		t.Error("a member spoke in a private thread without being in it")
	}
	b.must("PUT", "/channels/"+private+"/thread-members/"+who.ID, nil)
	if _, err := s.Say(private, who.ID, "hi"); err != nil {
		t.Error(err)
	}
}

func TestAnnouncement(t *testing.T) {
	s := start(t, discord.Options{Community: true})
	b := newBot(t, s)
	news := b.must("POST", "/guilds/"+s.GuildID()+"/channels", obj{"name": "news", "type": discord.TypeAnnouncement})
	m := b.must("POST", "/channels/"+news+"/messages", obj{"content": "new"})
	b.must("POST", "/channels/"+news+"/messages/"+m+"/crosspost", nil)
	b.want(b.do("POST", "/channels/"+news+"/messages/"+m+"/crosspost", nil), 400, 40033)
	plain := b.must("POST", "/channels/"+general(t, s)+"/messages", obj{"content": "x"})
	b.want(b.do("POST", "/channels/"+general(t, s)+"/messages/"+plain+"/crosspost", nil), 400, 50024)
}

func TestToken(t *testing.T) {
	s := start(t, discord.Options{Token: "right", InvalidLimit: 3})
	b := newBot(t, s)
	q, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, s.APIURL()+"/users/@me", nil)
	for range 3 {
		res, err := b.client.Do(q)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusUnauthorized {
			t.Fatalf("without a token: %d", res.StatusCode)
		}
	}
	a := b.do("GET", "/users/@me", nil)
	if a.Status != 429 || !strings.HasPrefix(string(a.Raw), "<!DOCTYPE html>") || s.InvalidRequests() < 3 {
		t.Errorf("after too many invalid requests: %d %.40s", a.Status, a.Raw)
	}
}

func TestRateLimits(t *testing.T) {
	c := newClock()
	s := start(t, discord.Options{Now: c.Now, RateLimits: discord.RealisticLimits()})
	b := newBot(t, s)
	one, two := general(t, s), s.AddChannel(discord.Channel{Name: "two"}).ID
	for i := range 5 {
		a := b.do("POST", "/channels/"+one+"/messages", obj{"content": "x"})
		if a.Status != 200 || a.Header.Get("X-RateLimit-Remaining") != fmt.Sprint(4-i) {
			t.Fatalf("message %d: %d, remaining %s", i, a.Status, a.Header.Get("X-RateLimit-Remaining"))
		}
	}
	a := b.do("POST", "/channels/"+one+"/messages", obj{"content": "x"})
	b.want(a, 429, 0)
	if a.Header.Get("X-RateLimit-Scope") != "user" || a.JSON["retry_after"] != 5.0 || a.Header.Get("X-RateLimit-Bucket") == "" {
		t.Errorf("429: %v %s", a.Header, a.Raw)
	}
	b.must("POST", "/channels/"+two+"/messages", obj{"content": "x"})
	c.now = c.now.Add(5 * time.Second)
	b.must("POST", "/channels/"+one+"/messages", obj{"content": "x"})
	s.SetRateLimits(discord.RateLimits{Global: 1})
	b.must("GET", "/users/@me", nil)
	if a := b.do("GET", "/users/@me", nil); a.Status != 429 || a.Header.Get("X-RateLimit-Global") != "true" || a.JSON["global"] != true {
		t.Errorf("global: %d %v %s", a.Status, a.Header, a.Raw)
	}
}

// TestNumericIDs: Discord takes ids as numbers too; discord.py sends them so.
func TestNumericIDs(t *testing.T) {
	s := start(t, discord.Options{})
	b := newBot(t, s)
	category := s.AddChannel(discord.Channel{Type: discord.TypeCategory, Name: "Tickets"})
	a := b.do("POST", "/guilds/"+s.GuildID()+"/channels", obj{"name": "x", "parent_id": json.Number(category.ID),
		"permission_overwrites": []obj{{"id": json.Number(s.GuildID()), "type": 0, "deny": 1024}}})
	c, found := s.ChannelNamed("x")
	want := []discord.Overwrite{{ID: s.GuildID(), Deny: discord.ViewChannel}}
	if a.Status != 201 || !found || c.ParentID != category.ID || !cmp.Equal(want, c.Overwrites) {
		t.Errorf("%d %s: %+v", a.Status, a.Raw, c)
	}
	b.want(b.do("PATCH", "/channels/"+general(t, s), obj{"parent_id": "word"}), 400, 50035)
}
