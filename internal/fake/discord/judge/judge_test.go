package judge_test

import (
	"errors"
	"strings"
	"testing"

	"kefu/internal/fake/discord"
	"kefu/internal/fake/discord/judge"
)

func load(t *testing.T) *judge.Judge {
	t.Helper()
	path, err := judge.FindSpec()
	if errors.Is(err, judge.ErrNoSpec) {
		t.Skipf("NOT CHECKED: requests against Discord's official document: %v", err)
	}
	j, err := judge.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func TestAllowed(t *testing.T) {
	j := load(t)
	for name, q := range map[string]discord.Request{
		"message":     {Method: "POST", Path: "/channels/1/messages", Body: []byte(`{"content":"hi","nonce":"n","enforce_nonce":true,"allowed_mentions":{"parse":[]}}`)},
		"bit strings": {Method: "POST", Path: "/guilds/1/channels", Body: []byte(`{"name":"a","permission_overwrites":[{"id":"1","type":0,"allow":"1024","deny":"0"}]}`)},
		"overwrite":   {Method: "PUT", Path: "/channels/1/permissions/2", Body: []byte(`{"type":0,"allow":"1024"}`)},
		"multipart":   {Method: "POST", Path: "/channels/1/messages", Body: []byte("--x"), PayloadJSON: []byte(`{"content":"hi"}`)},
		"history":     {Method: "GET", Path: "/channels/1/messages", Query: "after=5&limit=100"},
		"reaction":    {Method: "PUT", Path: "/channels/1/messages/2/reactions/✅/@me"},
		"modal": {Method: "POST", Path: "/interactions/1/tok/callback", Body: []byte(`{"type":9,"data":{"custom_id":"m","title":"t","components":[
			{"type":1,"components":[{"type":4,"custom_id":"i","style":2,"label":"words"}]}]}}`)},
	} {
		if err := j.Check(q); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRefused(t *testing.T) {
	j := load(t)
	for name, q := range map[string]discord.Request{
		"channel without name": {Method: "POST", Path: "/guilds/1/channels", Body: []byte(`{"type":0}`)},
		"long name":            {Method: "POST", Path: "/guilds/1/channels", Body: []byte(`{"name":"` + strings.Repeat("x", 101) + `"}`)},
		"embeds not a list":    {Method: "POST", Path: "/channels/1/messages", Body: []byte(`{"embeds":{}}`)},
		"unknown path":         {Method: "GET", Path: "/chanels/1"},
		"bad callback type":    {Method: "POST", Path: "/interactions/1/tok/callback", Body: []byte(`{"type":99}`)},
		"command without name": {Method: "PUT", Path: "/applications/1/guilds/1/commands", Body: []byte(`[{"description":"x"}]`)},
		"bits in a bool":       {Method: "PUT", Path: "/channels/1/permissions/2", Body: []byte(`{"type":0,"allow":true}`)},
	} {
		if j.Check(q) == nil {
			t.Errorf("%s was allowed", name)
		}
	}
	if got := j.CheckAll([]discord.Request{{Method: "GET", Path: "/nowhere"}, {Method: "GET", Path: "/gateway/bot"}}); len(got) != 1 {
		t.Errorf("findings %v, want the first request alone", got)
	}
}

func TestWithoutSpec(t *testing.T) {
	t.Setenv("KEFU_DISCORD_OPENAPI", "")
	t.Chdir(t.TempDir())
	if _, err := judge.FindSpec(); !errors.Is(err, judge.ErrNoSpec) {
		t.Errorf("found a document where there is none: %v", err)
	}
}
