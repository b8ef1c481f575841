package discord_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"kefu/internal/fake/discord"
)

// order makes one control call.
func (b *bot) order(name string, body obj) (obj, int) {
	b.t.Helper()
	raw, _ := json.Marshal(body)
	res, err := b.client.Post(b.s.URL()+"/control/"+name, "application/json", bytes.NewReader(raw))
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	var out obj
	_ = json.NewDecoder(res.Body).Decode(&out)
	return out, res.StatusCode
}

func TestControl(t *testing.T) {
	s := start(t, discord.Options{})
	b := newBot(t, s)
	page, status := b.fetch(s.URL() + "/")
	if status != 200 || !strings.Contains(page, "<title>Fake Discord</title>") {
		t.Errorf("page: %d %.60s", status, page)
	}
	who, _ := b.order("member", obj{"name": "林小姐"})
	if _, status := b.order("say", obj{"channel_id": general(t, s), "member_id": who["id"], "text": "你好"}); status != 200 {
		t.Errorf("say: %d", status)
	}
	if out, status := b.order("say", obj{"channel_id": "1", "member_id": who["id"], "text": "x"}); status != 400 || !strings.Contains(out["error"].(string), "Unknown Channel") {
		t.Errorf("say nowhere: %d %v", status, out)
	}
	state, _ := b.fetch(s.URL() + "/control/state")
	if !strings.Contains(state, "你好") || !strings.Contains(state, "林小姐") || strings.Contains(state, s.Token()) {
		t.Errorf("state %s", state)
	}
	b.order("fault", obj{"name": "error-json", "method": "GET", "path": "^/gateway$", "count": 1, "status": 503})
	b.want(b.do("GET", "/gateway", nil), 503, 0)
	b.must("GET", "/gateway", nil)
	if out, status := b.order("fault", obj{"name": "earthquake"}); status != 400 {
		t.Errorf("unknown fault: %d %v", status, out)
	}
}

// TestHandler: the fake can live behind another server.
func TestHandler(t *testing.T) {
	s := discord.New(discord.Options{})
	t.Cleanup(func() { _ = s.Close() })
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://discord.example/api/v10/gateway", nil))
	if w.Code != 200 || !strings.Contains(w.Body.String(), "ws://discord.example/gateway") || s.URL() != "http://discord.example" {
		t.Errorf("%d %s", w.Code, w.Body.String())
	}
}
