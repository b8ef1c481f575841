package chatwoot_test

import (
	"errors"
	"regexp"
	"testing"

	"kefu/chatwoot"
	fake "kefu/internal/fake/chatwoot"
)

func TestSendRich(t *testing.T) {
	s, c := start(t, fake.Options{})
	id := talk(t, s)
	for name, r := range map[string]chatwoot.Rich{
		"cards": {Content: "x", ContentType: chatwoot.Cards, Items: []chatwoot.Item{chatwoot.Card{Title: "t", Description: "d", MediaURL: "https://e.com/p.png", Actions: []chatwoot.Action{
			{Type: chatwoot.Link, Text: "go", URI: "https://e.com"}, {Type: chatwoot.Postback, Text: "do", Payload: "DO"}}}}},
		"form": {Content: "x", ContentType: chatwoot.Form, Items: []chatwoot.Item{
			chatwoot.Field{Name: "a", Label: "A", Type: chatwoot.FieldText, Placeholder: "p", Default: "d", Required: "r", Pattern: ".", Title: "t", PatternError: "e"},
			chatwoot.Field{Name: "b", Label: "B", Type: chatwoot.FieldSelect, Options: []chatwoot.FieldOption{{Label: "l", Value: "v"}}},
			chatwoot.Field{Name: "c", Label: "C", Type: chatwoot.FieldEmail}, chatwoot.Field{Name: "d", Label: "D", Type: chatwoot.FieldTextArea}}},
		"select":  {Content: "x", ContentType: chatwoot.InputSelect, Items: []chatwoot.Item{chatwoot.Choice{Title: "t", Value: "v"}}},
		"article": {Content: "x", ContentType: chatwoot.Articles, Items: []chatwoot.Item{chatwoot.Article{Title: "t", Description: "d", Link: "https://e.com"}}},
		"e-mail":  {Content: "x", ContentType: chatwoot.InputEmail},
	} {
		m, err := c.SendRich(t.Context(), id, r)
		if err != nil || m.ContentType != r.ContentType {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRichNamesEveryFault(t *testing.T) {
	s, c := start(t, fake.Options{})
	for name, x := range map[string]struct {
		rich chatwoot.Rich
		want []string
	}{
		"nothing": {chatwoot.Rich{}, []string{"content", "content_type"}},
		"cards": {chatwoot.Rich{Content: "x", ContentType: chatwoot.Cards, Items: []chatwoot.Item{
			chatwoot.Card{MediaURL: "javascript:alert(1)"},
			chatwoot.Card{Title: "t", Actions: []chatwoot.Action{{Type: chatwoot.Link, Text: "go"}, {Type: chatwoot.Postback, URI: "https://e.com"}, {Type: "dance", Text: "x"}}},
			chatwoot.Choice{Title: "t", Value: "v"}, nil,
		}}, []string{"items[0].title", "items[0].media_url", "items[0].actions", "items[1].actions[0].uri", "items[1].actions[1].text",
			"items[1].actions[1].payload", "items[1].actions[1].uri", "items[1].actions[2].type", "items[2]", "items[3]"}},
		"form": {chatwoot.Rich{Content: "x", ContentType: chatwoot.Form, Items: []chatwoot.Item{
			chatwoot.Field{Type: "date"}, chatwoot.Field{Name: "a", Label: "A", Type: chatwoot.FieldSelect},
			chatwoot.Field{Name: "a", Label: "A", Type: chatwoot.FieldText, Options: []chatwoot.FieldOption{{}}},
		}}, []string{"items[0].name", "items[0].label", "items[0].type", "items[1].options", "items[2].options", "items[2].options[0].label", "items[2].options[0].value", "items[2].name"}},
		"select without": {chatwoot.Rich{Content: "x", ContentType: chatwoot.InputSelect}, []string{"items"}},
		"article":        {chatwoot.Rich{Content: "x", ContentType: chatwoot.Articles, Items: []chatwoot.Item{chatwoot.Article{Link: "mailto:a@b"}}}, []string{"items[0].title", "items[0].link"}},
		"e-mail with":    {chatwoot.Rich{Content: "x", ContentType: chatwoot.InputEmail, Items: []chatwoot.Item{chatwoot.Choice{}}}, []string{"items", "items[0]", "items[0].title", "items[0].value"}},
	} {
		_, err := c.SendRich(t.Context(), 1, x.rich)
		var e *chatwoot.InvalidError
		if !errors.As(err, &e) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got []string
		for _, f := range e.Faults {
			got = append(got, f.Path)
		}
		if len(got) != len(x.want) {
			t.Errorf("%s: faults %q, want %q", name, got, x.want)
			continue
		}
		for i := range got {
			have(t, name, got[i], x.want[i])
		}
	}
	have(t, "requests", len(s.Requests()), 0)
}

// TestTheServersRules sends what the package would not, to see that the fake refuses as Chatwoot does.
func TestTheServersRules(t *testing.T) {
	s, c := start(t, fake.Options{})
	web, err := s.StartConversation(s.AddContact("Lin", "l"), fake.WebInbox)
	must(t, err)
	var e *chatwoot.Error
	if _, err := c.SendMessage(t.Context(), web, chatwoot.Message{Content: "x", Type: chatwoot.Incoming}); !errors.As(err, &e) || e.Status != 422 {
		t.Errorf("incoming into the website: %v", err)
	}
	have(t, "words", regexp.MustCompile("Api inboxes").MatchString(e.Words), true)
}
