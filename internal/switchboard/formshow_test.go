package switchboard_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/store"
)

func TestFormIsShownToWhomItAsks(t *testing.T) {
	form := &kefu.Form{Title: "Return", Fields: []kefu.FormField{{Name: "why", Label: "Why", Type: kefu.FieldText}}}
	asks := kefu.Content{Type: kefu.ContentForm, Form: form}
	choices := kefu.Content{Type: kefu.ContentChoice, Text: "Which?", Choices: []kefu.Choice{{Label: "Red", Value: "r"}, {Label: "Rules", URL: "https://x.example"}}}
	tests := map[string]struct {
		member string
		m      kefu.Message
		want   *kefu.Form
	}{
		"form":      {"ann", kefu.Message{Content: asks}, form},
		"choices":   {"ann", kefu.Message{Content: choices}, choices.Asks()},
		"another's": {"bob", kefu.Message{Content: asks}, nil},
		"note":      {"ann", kefu.Message{Content: asks, Private: true}, nil},
		"deleted":   {"ann", kefu.Message{Content: asks, Meta: kefu.Meta{Deleted: true}}, nil},
		"text":      {"ann", kefu.Message{Content: kefu.Content{Type: kefu.ContentText, Text: "Which?"}}, nil},
		"none":      {"ann", kefu.Message{}, nil},
	}
	town(t, nil, func(t *testing.T, b *village) {
		conv := b.take("town", dm("ann", "I want to return it")).ConversationID
		b.take("town", dm("bob", "Me too"))
		seq := int64(100)
		for name, tt := range tests {
			tt.m.ID, tt.m.ConversationID, tt.m.Author = kefu.MessageID("msg_"+name), conv, kefu.Author{Kind: kefu.AuthorAgent, Name: "Amy"}
			seq++
			tt.m.Seq = seq
			if name != "none" {
				b.alter(func(tx *store.Tx) error { return tx.InsertMessage(store.Message{Message: tt.m}) })
			}
			before := len(b.messages(conv))
			v := b.take("town", presses(tt.member, connector.CmdForm, "message", string(tt.m.ID))).View
			if refused := v.Refused == connector.RefusedNotFound; refused != (tt.want == nil) || !cmp.Equal(v.Form, tt.want) {
				t.Errorf("%s: refused %q, form %+v", name, v.Refused, v.Form)
			}
			if n := len(b.messages(conv)); n != before {
				t.Errorf("%s: %d messages more: to look changes nothing", name, n-before)
			}
		}
	})
}
