package discord_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"kefu/internal/fake/discord"
)

func TestWhatPeoplePost(t *testing.T) {
	s := start(t, discord.Options{})
	b := newBot(t, s)
	person, channel := s.AddMember("Ann"), general(t, s)
	first, err := s.Say(channel, person.ID, "look at this", discord.File{Name: "a.txt", Data: []byte("a")})
	if err != nil {
		t.Fatal(err)
	}
	wave := s.AddSticker("Wave", discord.StickerPNG, []byte("\x89PNG\r\n\x1a\n"))
	m, err := s.Post(channel, person.ID, discord.Saying{
		Files: []discord.File{{Name: "voice-message.ogg", Data: []byte("OggS")}}, Voice: 12 * time.Second,
		Stickers: []discord.Sticker{wave}, Forward: first.ID, Question: "Tea?", Answers: []string{"Yes", "No"},
	})
	if err != nil {
		t.Fatal(err)
	}
	seen := b.do("GET", "/channels/"+channel+"/messages/"+m.ID, nil).JSON
	voice, _ := seen["attachments"].([]any)[0].(map[string]any)
	if seen["flags"] != float64(discord.FlagVoice) || voice["duration_secs"] != 12.0 {
		t.Errorf("voice: %v %v", seen["flags"], voice)
	}
	snapshot, _ := seen["message_snapshots"].([]any)[0].(map[string]any)["message"].(map[string]any)
	file, _ := snapshot["attachments"].([]any)[0].(map[string]any)
	if snapshot["content"] != "look at this" || !strings.HasPrefix(file["url"].(string), "http") {
		t.Errorf("forwarded: %v", snapshot)
	}
	if poll, _ := seen["poll"].(map[string]any); len(poll["answers"].([]any)) != 2 {
		t.Errorf("poll: %v", poll)
	}
	res, err := http.Get(strings.TrimSuffix(s.APIURL(), "/api/v10") + "/cdn/stickers/" + wave.ID + ".png")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if picture, _ := io.ReadAll(res.Body); res.StatusCode != http.StatusOK || len(picture) != 8 {
		t.Errorf("sticker: status %d, %d bytes", res.StatusCode, len(picture))
	}
	if _, err := s.Post(channel, person.ID, discord.Saying{}); err == nil {
		t.Error("an empty message was posted")
	}
}

func TestNamesOfOtherLanguages(t *testing.T) {
	s := start(t, discord.Options{})
	b := newBot(t, s)
	path := "/applications/" + s.BotID() + "/commands"
	cmd := func(names obj) obj { return obj{"name": "helpme", "description": "d", "name_localizations": names} }
	if a := b.do("POST", path, cmd(obj{"zh-TW": "求助"})); a.Status != 201 {
		t.Errorf("a good name: %d", a.Status)
	}
	for _, bad := range []obj{{"zh-TW": "求 助"}, {"zh-HK": "求助"}, {"en-US": "Help"}} {
		b.want(b.do("POST", path, cmd(bad)), 400, 50035)
	}
	if c := s.Commands(); len(c) != 1 || c[0].Names["zh-TW"] != "求助" {
		t.Errorf("%+v", c)
	}
}
