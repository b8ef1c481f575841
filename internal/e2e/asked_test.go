package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kefu/internal/fake/discord"
)

// tells sends what a customer is asked, as a program does through the API.
func (v *village) tells(content settings) {
	v.t.Helper()
	content["conversation_id"] = v.conversations()[0].ID
	v.ask(http.MethodPost, "/messages", content, nil)
}

// answer is what the API says of what a customer filled in.
type answer struct {
	Type   string `json:"content_type"`
	Text   string `json:"content"`
	Answer *struct {
		Values []struct{ Name, Label, Value, Shown string }
	} `json:"filled"`
}

// lastAnswer is the newest answer of the one conversation there is.
func (v *village) lastAnswer() (last answer) {
	v.t.Helper()
	var page struct{ Items []answer }
	v.ask(http.MethodGet, "/conversations/"+v.conversations()[0].ID+"/messages?order=oldest&limit=200", nil, &page)
	for _, m := range page.Items {
		if m.Answer != nil {
			last = m
		}
	}
	return last
}

func returnForm() settings {
	return settings{"content_type": "form", "content": "Please tell us", "form": settings{"title": "Return of goods", "fields": []settings{
		{"name": "order", "label": "Order number", "type": "text", "required": true},
		{"name": "mail", "label": "Your address", "type": "email"},
		{"name": "why", "label": "Why", "type": "select", "options": []settings{{"label": "It is broken", "value": "broken"}, {"label": "Too small", "value": "size"}}},
	}}}
}

// fills opens a form and sends it.
func (v *village) fills(m discord.Message, values map[string]string) discord.Outcome {
	v.t.Helper()
	x, out := v.press(m, "m:fill", v.ann)
	if out.Modal == nil {
		v.t.Fatalf("no window: %+v", out)
	}
	y, err := v.guild.SubmitModal(x, values)
	if err != nil {
		v.t.Fatal(err)
	}
	return v.answered(y)
}

// TestAFormIsFilledInWhereTheCustomerIs: from the API to a member's window, and back to the desk and the API; after a restart as well.
func TestAFormIsFilledInWhereTheCustomerIs(t *testing.T) {
	eachVillage(t, nil, func(v *village) {
		dm, tk := v.handed()
		v.tells(returnForm())
		asked := v.posted(dm, "Return of goods")
		if shown := v.posted(tk.channel, "Return of goods"); buttonID(shown.Components, "m:fill") != "" || !strings.Contains(visible(shown), "Too small") {
			v.t.Errorf("the desk is shown:\n%s", visible(shown))
		}
		v.restart()
		v.writes(dm, v.ann, "one moment")
		v.posted(tk.channel, "one moment") // it listens again
		out := v.fills(asked, map[string]string{"order": "A-1001", "mail": "nowhere", "why": "size"})
		if out.Original == nil || !strings.Contains(out.Original.Content, "Your address: That is not a valid e-mail address.") {
			v.t.Fatalf("what is wrong: %+v", out.Original)
		}
		out = v.fills(*out.Original, map[string]string{"mail": "ann@shop.example"}) // the rest stands there
		if out.Original == nil || !strings.Contains(out.Original.Content, "Thank you") {
			v.t.Fatalf("thanks: %+v", out.Original)
		}
		got := v.lastAnswer()
		values := []struct{ Name, Label, Value, Shown string }{{"order", "Order number", "A-1001", ""}, {"mail", "Your address", "ann@shop.example", ""}, {"why", "Why", "size", "Too small"}}
		if got.Type != "form" || got.Answer == nil || !cmp.Equal(got.Answer.Values, values) {
			v.t.Errorf("the API says %+v", got)
		}
		for _, want := range []string{"A-1001", "ann@shop.example", "Too small"} {
			v.posted(tk.channel, want)
		}
	})
}

func TestAChoiceIsMadeWhereTheCustomerIs(t *testing.T) {
	eachVillage(t, nil, func(v *village) {
		dm, tk := v.handed()
		v.tells(settings{"content_type": "choice", "content": "What shall we do?", "choices": []settings{{"label": "Money back", "value": "refund"}, {"label": "Another one", "value": "close"}}})
		asked := v.posted(dm, "What shall we do?")
		x, err := v.guild.Press(asked.ID, secondOf(asked), v.ann)
		if err != nil {
			v.t.Fatal(err)
		}
		v.answered(x)
		if got := v.lastAnswer(); got.Type != "choice" || got.Answer == nil || got.Answer.Values[0].Value != "close" || got.Answer.Values[0].Shown != "Another one" {
			v.t.Errorf("the API says %+v", got)
		}
		v.posted(tk.channel, "**What shall we do?** Another one")
		if now := v.still(asked); labels(now) != "Money back|✓ Another one" {
			v.t.Errorf("buttons %q", labels(now))
		}
		if _, err := v.guild.Press(asked.ID, secondOf(asked), v.ann); err == nil {
			v.t.Error("it can be pressed again")
		}
	})
}

func secondOf(m discord.Message) string { return m.Components[0].Components[1].CustomID }

func labels(m discord.Message) string {
	var all []string
	for _, row := range m.Components {
		for _, b := range row.Components {
			all = append(all, b.Label)
		}
	}
	return strings.Join(all, "|")
}
