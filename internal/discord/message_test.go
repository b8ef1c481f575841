package discord

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWhatPeopleSend reads what a person can send beside text and files, as Discord writes it.
func TestWhatPeopleSend(t *testing.T) {
	raw := `{"id":"5","channel_id":"3","author":{"id":"1","username":"a"},"content":"","type":0,"flags":8192,
		"attachments":[{"id":"7","filename":"voice-message.ogg","size":9,"url":"https://cdn.example/v.ogg","duration_secs":12.4,"waveform":"AAA="}],
		"sticker_items":[{"id":"8","name":"Wave","format_type":3}],
		"message_reference":{"type":1,"channel_id":"3","message_id":"4"},
		"message_snapshots":[{"message":{"content":"forwarded","embeds":[{"description":"card"}],"attachments":[],"type":0,"flags":0,
			"timestamp":"2026-01-02T03:04:05.000000+00:00","edited_timestamp":null,"mentions":[]}}],
		"poll":{"question":{"text":"Tea?"},"answers":[{"answer_id":1,"poll_media":{"text":"Yes"}}],"allow_multiselect":false,"layout_type":1}}`
	var m Message
	if err := json.Unmarshal([]byte(raw), &m); err != nil {
		t.Fatal(err)
	}
	if m.Flags&MessageVoice == 0 || m.Attachments[0].Duration != 12.4 || m.Reference.Type != ReferenceForward {
		t.Errorf("%+v", m)
	}
	if s := m.Snapshots; len(s) != 1 || s[0].Message.Content != "forwarded" || s[0].Message.Embeds[0].Description != "card" {
		t.Errorf("forwarded: %+v", s)
	}
	if diff := cmp.Diff([]Sticker{{ID: "8", Name: "Wave", Format: StickerLottie}}, m.Stickers); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(&Poll{Question: PollMedia{Text: "Tea?"}, Answers: []PollAnswer{{Media: PollMedia{Text: "Yes"}}}}, m.Poll); diff != "" {
		t.Error(diff)
	}
}
