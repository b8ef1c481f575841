package discord_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"kefu/internal/fake/discord"
)

// helpdesk is a server with a connected bot, a member and a message with a button.
type helpdesk struct {
	*bot
	k       *socket
	member  string
	channel string
	card    string
}

func newHelpdesk(t *testing.T, o discord.Options) *helpdesk {
	s := start(t, o)
	h := &helpdesk{bot: newBot(t, s), member: s.AddMember("Lin").ID, channel: general(t, s)}
	h.k, _ = login(t, s, guilds)
	h.card = h.must("POST", "/channels/"+h.channel+"/messages", obj{"content": "card", "components": rows(button("claim"))})
	return h
}

func (h *helpdesk) press() *discord.Interaction {
	h.t.Helper()
	i, err := h.s.Press(h.card, "claim", h.member)
	if err != nil {
		h.t.Fatal(err)
	}
	return i
}

func (h *helpdesk) callback(i *discord.Interaction, kind int, data obj) answer {
	h.t.Helper()
	return h.do("POST", "/interactions/"+i.ID+"/"+i.Token+"/callback", obj{"type": kind, "data": data})
}

func (h *helpdesk) hook(i *discord.Interaction) string {
	return "/webhooks/" + h.s.ApplicationID() + "/" + i.Token
}

func TestCallbackKinds(t *testing.T) {
	h := newHelpdesk(t, discord.Options{})
	i := h.press()
	var event struct {
		ID, Token string
		Message   discord.Message
		Member    struct{ Permissions string }
		Data      struct {
			CustomID string `json:"custom_id"`
		}
	}
	if err := json.Unmarshal(h.k.event("INTERACTION_CREATE").D, &event); err != nil {
		t.Fatal(err)
	}
	if event.ID != i.ID || event.Token != i.Token || event.Message.ID != h.card || event.Data.CustomID != "claim" || event.Member.Permissions == "" {
		t.Errorf("event %+v", event)
	}
	h.want(h.callback(i, discord.CallbackUpdate, obj{"content": "claimed", "components": []obj{}}), 204, 0)
	h.want(h.callback(i, discord.CallbackMessage, obj{"content": "again"}), 400, 40060)
	if m, _ := h.s.Message(h.card); m.Content != "claimed" || len(m.Components) != 0 || m.EditedTimestamp == nil {
		t.Errorf("the card after type 7: %+v", m)
	}
	if _, err := h.s.Press(h.card, "claim", h.member); err == nil {
		t.Error("pressed a button that is gone")
	}
}

func TestDeferral(t *testing.T) {
	h := newHelpdesk(t, discord.Options{})
	i := h.press()
	h.want(h.do("POST", h.hook(i), obj{"content": "too early"}), 404, 10015)
	h.want(h.callback(i, discord.CallbackDefer, obj{"flags": discord.FlagEphemeral}), 204, 0)
	if out := i.Outcome(); out.Original != nil || !out.Ephemeral {
		t.Errorf("deferred outcome %+v", out)
	}
	h.must("PATCH", h.hook(i)+"/messages/@original", obj{"content": "done"})
	follow := h.must("POST", h.hook(i), obj{"content": "more", "flags": discord.FlagEphemeral})
	h.must("PATCH", h.hook(i)+"/messages/"+follow, obj{"content": "and more"})
	out, err := i.Answer(t.Context())
	if err != nil || out.Original.Content != "done" || out.Original.Flags&discord.FlagLoading != 0 || out.Followups[0].Content != "and more" {
		t.Errorf("outcome %+v, %v", out, err)
	}
	if got := h.s.Messages(h.channel); len(got) != 1 {
		t.Errorf("ephemeral answers are in the channel: %+v", got)
	}
	if l := h.s.Ledger(); len(l) != 3 || !l[1].Ephemeral {
		t.Errorf("ledger %+v, want the ephemeral answers too", l)
	}
	h.want(h.do("DELETE", h.hook(i)+"/messages/@original", nil), 204, 0)
	h.want(h.do("GET", h.hook(i)+"/messages/@original", nil), 404, 10008)
}

// TestFirstFollowupResolves: Discord lets the first follow-up take the place
// of "thinking…".
func TestFirstFollowupResolves(t *testing.T) {
	h := newHelpdesk(t, discord.Options{})
	i := h.press()
	h.want(h.callback(i, discord.CallbackDefer, nil), 204, 0)
	h.must("POST", h.hook(i), obj{"content": "here"})
	out := i.Outcome()
	if out.Original == nil || out.Original.Content != "here" || len(out.Followups) != 0 {
		t.Errorf("outcome %+v", out)
	}
}

func TestDeferredUpdate(t *testing.T) {
	h := newHelpdesk(t, discord.Options{})
	i := h.press()
	h.want(h.callback(i, discord.CallbackDeferUpdate, nil), 204, 0)
	h.must("PATCH", h.hook(i)+"/messages/@original", obj{"content": "changed"})
	if m, _ := h.s.Message(h.card); m.Content != "changed" {
		t.Errorf("the card after a deferred update: %q", m.Content)
	}
	if out, err := i.Answer(t.Context()); err != nil || out.Original.ID != h.card {
		t.Errorf("outcome %+v, %v", out, err)
	}
}

func TestModal(t *testing.T) {
	h := newHelpdesk(t, discord.Options{})
	i := h.press()
	h.want(h.callback(i, discord.CallbackModal, obj{"custom_id": "form", "title": strings.Repeat("t", 46), "components": []obj{}}), 400, 50035)
	form := obj{"custom_id": "form", "title": "Reply", "components": []obj{
		{"type": 1, "components": []obj{{"type": 4, "custom_id": "text", "style": 2, "label": "Words", "max_length": 5}}},
		{"type": 18, "label": "Why", "component": obj{"type": 4, "custom_id": "why", "style": 1, "required": false, "value": "so"}},
	}}
	h.want(h.callback(i, discord.CallbackModal, form), 204, 0)
	for name, bad := range map[string]map[string]string{"missing": {}, "long": {"text": "123456"}, "unknown": {"text": "x", "y": "z"}} {
		if _, err := h.s.SubmitModal(i, bad); err == nil {
			t.Errorf("%s values were sent", name)
		}
	}
	sent, err := h.s.SubmitModal(i, map[string]string{"text": "hello"})
	if err != nil {
		t.Fatal(err)
	}
	h.k.event("INTERACTION_CREATE")
	raw := string(h.k.event("INTERACTION_CREATE").D)
	for _, want := range []string{`"type":5`, `"custom_id":"text"`, `"value":"hello"`, `"value":"so"`, `"message":{"id":"` + h.card} {
		if !strings.Contains(raw, want) {
			t.Errorf("modal event lacks %s: %s", want, raw)
		}
	}
	h.want(h.callback(sent, discord.CallbackModal, form), 400, 50035)
	h.want(h.callback(sent, discord.CallbackMessage, obj{"content": "thanks"}), 204, 0)
}

func TestLateCallback(t *testing.T) {
	h := newHelpdesk(t, discord.Options{CallbackDeadline: 10 * time.Millisecond})
	i := h.press()
	if _, err := i.Answer(t.Context()); !errors.Is(err, discord.ErrNoResponse) {
		t.Errorf("waiting for an answer: %v", err)
	}
	h.want(h.callback(i, discord.CallbackMessage, obj{"content": "late"}), 404, 10062)
	if v := h.s.Violations(); len(v) != 1 || v[0].Rule != "interaction-deadline" {
		t.Errorf("violations %+v", v)
	}
	h.want(h.do("POST", "/interactions/"+i.ID+"/wrong/callback", obj{"type": 5}), 404, 10062)
}

func TestInteractionTokenExpires(t *testing.T) {
	c := newClock()
	h := newHelpdesk(t, discord.Options{Now: c.Now})
	i := h.press()
	h.want(h.callback(i, discord.CallbackDefer, nil), 204, 0)
	c.now = c.now.Add(15 * time.Minute)
	h.want(h.do("PATCH", h.hook(i)+"/messages/@original", obj{"content": "x"}), 401, 50027)
}

func TestEphemeralIsForOne(t *testing.T) {
	h := newHelpdesk(t, discord.Options{})
	i := h.press()
	h.want(h.callback(i, discord.CallbackMessage, obj{"content": "secret", "flags": 64, "components": rows(button("more"))}), 204, 0)
	out := i.Outcome()
	if _, err := h.s.Press(out.Original.ID, "more", h.s.AddMember("Other").ID); err == nil {
		t.Error("a stranger pressed a button of an ephemeral message")
	}
	if _, err := h.s.Press(out.Original.ID, "more", h.member); err != nil {
		t.Error(err)
	}
	h.want(h.do("GET", "/channels/"+h.channel+"/messages/"+out.Original.ID, nil), 404, 10008)
}

func TestSlash(t *testing.T) {
	h := newHelpdesk(t, discord.Options{})
	path := "/applications/" + h.s.ApplicationID() + "/guilds/" + h.s.GuildID() + "/commands"
	list := []obj{
		{"name": "close", "description": "x", "options": []obj{
			{"type": 3, "name": "why", "description": "x", "required": true, "choices": []obj{{"name": "Done", "value": "done"}}},
			{"type": 6, "name": "who", "description": "x"}, {"type": 11, "name": "file", "description": "x"}}},
		{"name": "ticket", "description": "x", "options": []obj{{"type": 1, "name": "open", "description": "x"}}},
		{"name": "admin", "description": "x", "default_member_permissions": "8"},
	}
	h.must("PUT", path, list)
	ids := fmt.Sprint(h.s.Commands()[0].ID)
	h.must("PUT", path, list)
	if got := h.s.Commands(); len(got) != 3 || got[0].ID != ids {
		t.Errorf("registering again gave %+v, want the same ids", got)
	}
	for name, c := range map[string]struct {
		command string
		options map[string]any
	}{
		"required": {"close", nil}, "choice": {"close", map[string]any{"why": "other"}},
		"type": {"close", map[string]any{"why": 7}}, "unknown option": {"close", map[string]any{"why": "done", "x": "y"}},
		"subcommand": {"ticket", nil}, "permission": {"admin", nil}, "stranger": {"close", map[string]any{"why": "done", "who": "1"}},
	} {
		if _, err := h.s.Slash(h.channel, h.member, c.command, c.options); err == nil {
			t.Errorf("%s: the command was sent", name)
		}
	}
	if _, err := h.s.Slash(h.channel, h.member, "ticket open", nil); err != nil {
		t.Error(err)
	}
	_, err := h.s.Slash(h.channel, h.member, "close", map[string]any{"why": "done", "who": h.member, "file": discord.File{Name: "a.txt", Data: []byte("x")}})
	if err != nil {
		t.Fatal(err)
	}
	h.k.event("INTERACTION_CREATE")
	raw := string(h.k.event("INTERACTION_CREATE").D)
	for _, want := range []string{`"value":"done"`, `"users":{"` + h.member, `"filename":"a.txt"`, `"context":0`} {
		if !strings.Contains(raw, want) {
			t.Errorf("command event lacks %s: %s", want, raw)
		}
	}
	h.want(h.do("PUT", path, []obj{{"name": "Bad Name", "description": "x"}}), 400, 50035)
	h.want(h.do("PUT", path, []obj{{"name": "x", "description": ""}}), 400, 50035)
}
