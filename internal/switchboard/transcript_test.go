package switchboard_test

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"testing"

	"kefu"
	"kefu/internal/switchboard"
)

// keeper is a vault that shows what it was given.
type keeper struct {
	vault
	files map[string]string
}

// Keep remembers a file by its name.
func (k keeper) Keep(_ context.Context, r io.Reader, name string) (kefu.Attachment, error) {
	raw, err := io.ReadAll(r)
	k.files[name] = string(raw)
	return kefu.Attachment{Name: name, SHA256: "sha", Size: int64(len(raw))}, err
}

func TestATranscriptHasWhatWasAskedAndAnswered(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		k := keeper{files: map[string]string{}}
		b.Switchboard = switchboard.New(b.store, b.signals, k, box{}, slog.New(slog.DiscardHandler), inboxes(nil))
		d := b.beginsDialogue("33").says("A-<1>", "2", "略過", "跳過")
		if _, err := b.Transcript(t.Context(), d.conv); err != nil {
			t.Fatal(err)
		}
		for name, wants := range map[string][]string{
			"transcript-1.html": {"<b>退貨申請</b>", "<li>訂單編號</li>", "<li>原因: 損壞 · 不合身 · 其他</li>", "訂單編號: A-&lt;1&gt;", "原因: 不合身"},
			"transcript-1.json": {`"title": "退貨申請"`, `"shown": "不合身"`, `"message_id": "` + string(d.asked)},
		} {
			for _, want := range wants {
				if !strings.Contains(k.files[name], want) {
					t.Errorf("%s has no %s:\n%s", name, want, k.files[name])
				}
			}
		}
	})
}
