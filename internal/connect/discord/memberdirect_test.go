package discord

import (
	"net/http"
	"strings"
	"testing"

	fake "kefu/internal/fake/discord"
)

// registrations counts the calls about commands that belong to no server.
func (r *rig) registrations(method string) (n int) {
	for _, q := range r.s.Requests() {
		if q.Method == method && strings.HasPrefix(q.Path, "/applications/"+r.s.BotID()+"/commands") {
			n++
		}
	}
	return n
}

func TestDirectCommandComesAndGoes(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{}, set{"community": set{}})
	app := r.s.BotID()
	for range 2 {
		r.c.registerDirect(r.ctx, app)
	}
	if n := r.registrations(http.MethodPost); n != 1 {
		t.Errorf("registered %d times", n)
	}
	if n := len(r.s.Commands()); n != 1 {
		t.Errorf("%d commands in direct messages", n)
	}
	desk := r.connect(nil)
	for range 2 {
		desk.registerDirect(r.ctx, app)
	}
	for _, c := range r.s.Commands() {
		if c.GuildID == "" {
			t.Errorf("still there: %+v", c)
		}
	}
	if n := r.registrations(http.MethodDelete); n != 1 {
		t.Errorf("taken away %d times", n)
	}
}
