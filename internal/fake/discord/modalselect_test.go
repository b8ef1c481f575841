package discord_test

import (
	"strings"
	"testing"

	"kefu/internal/fake/discord"
)

// menuForm is a form with one menu; change makes it another.
func menuForm(change func(menu obj)) obj {
	menu := obj{"type": 3, "custom_id": "why", "options": []obj{{"label": "It is broken", "value": "is broken"}, {"label": "Size", "value": "size"}}}
	change(menu)
	return obj{"custom_id": "form", "title": "Return", "components": []obj{{"type": 18, "label": "Why", "component": menu}}}
}

func TestMenuInAModal(t *testing.T) {
	h := newHelpdesk(t, discord.Options{})
	i := h.press()
	for name, change := range map[string]func(obj){
		"disabled":   func(m obj) { m["disabled"] = true },
		"no options": func(m obj) { m["options"] = []obj{} },
		"two alike":  func(m obj) { m["options"] = []obj{{"label": "a", "value": "x"}, {"label": "b", "value": "x"}} },
		"long value": func(m obj) { m["options"] = []obj{{"label": "a", "value": strings.Repeat("x", 101)}} },
		"two set": func(m obj) {
			m["options"] = []obj{{"label": "a", "value": "x", "default": true}, {"label": "b", "value": "y", "default": true}}
		},
		"turned":       func(m obj) { m["min_values"], m["max_values"] = 2, 1 },
		"no custom id": func(m obj) { m["custom_id"] = "" },
	} {
		if got := h.callback(i, discord.CallbackModal, menuForm(change)); got.Status != 400 {
			t.Errorf("%s: %d", name, got.Status)
		}
	}
	h.want(h.callback(i, discord.CallbackModal, menuForm(func(obj) {})), 204, 0)
	for name, bad := range map[string]string{"left empty": "", "another": "colour", "two": "size size"} {
		if _, err := h.s.SubmitModal(i, map[string]string{"why": bad}); err == nil {
			t.Errorf("%s: was sent", name)
		}
	}
	if _, err := h.s.SubmitModal(i, nil); err == nil {
		t.Error("nothing was chosen, and it was sent")
	}
	if _, err := h.s.SubmitModal(i, map[string]string{"why": "is broken"}); err != nil {
		t.Fatal(err)
	}
	h.k.event("INTERACTION_CREATE")
	if raw := string(h.k.event("INTERACTION_CREATE").D); !strings.Contains(raw, `"values":["is broken"]`) {
		t.Errorf("event %s", raw)
	}
}

func TestMenuThatNobodyMustUse(t *testing.T) {
	h := newHelpdesk(t, discord.Options{})
	i := h.press()
	h.want(h.callback(i, discord.CallbackModal, menuForm(func(m obj) { m["required"], m["min_values"] = false, 0 })), 204, 0)
	if _, err := h.s.SubmitModal(i, map[string]string{"why": ""}); err != nil {
		t.Error(err)
	}
}
