package discord

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"kefu/internal/connector"
	fake "kefu/internal/fake/discord"
)

// TestWhatWasRefusedIsTriedOnceItIsMended holds that a channel which refused so often that it is left alone is tried again by itself
// when somebody gives back what was missing, wherever they do it.
func TestWhatWasRefusedIsTriedOnceItIsMended(t *testing.T) {
	t.Parallel()
	for name, mend := range map[string]func(r *rig, th connector.Thread) error{
		"in the channel": func(r *rig, th connector.Thread) error {
			return r.s.SetOverwrite(th.ExternalID, fake.Overwrite{ID: r.s.BotID(), Type: fake.OverwriteMember, Allow: fake.ViewChannel | fake.SendMessages})
		},
		"in the bot's role": func(r *rig, _ connector.Thread) error {
			r.s.SetBotPermissions(fake.HelpdeskPermissions)
			return nil
		},
		"by another role": func(r *rig, _ connector.Thread) error {
			role := r.s.AddRole("writers", fake.SendMessages)
			return r.s.SetRoles(r.s.BotID(), append(botRoles(r), role.ID)...)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, th, alice := staffed(t, fake.Options{}, nil)
			muteBot(r, th)
			r.listen()
			r.say(th.ExternalID, alice, "after this nothing of the muting is on its way")
			r.wait(1, kind(connector.InMessage))
			for seq := range int64(4) {
				_, err := r.c.Send(r.ctx, outbound(th, seq+2, "text"))
				refused(t, err, connector.Retryable, connector.ScopeThread)
			}
			if n := posts(r, th); n != 3 {
				t.Fatalf("%d posts were tried, want 3 and then none", n)
			}
			if err := mend(r, th); err != nil {
				t.Fatal(err)
			}
			for _, err := r.c.Send(r.ctx, outbound(th, 6, "text")); err != nil; _, err = r.c.Send(r.ctx, outbound(th, 6, "text")) {
				if !rest(r.ctx, 10*time.Millisecond) {
					t.Fatalf("still: %v", err)
				}
			}
		})
	}
}

// TestFillingAgainWaitsForAPermission holds that a channel which is made again and may not be written in is filled once it may.
func TestFillingAgainWaitsForAPermission(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{}, nil)
	r.s.SetEveryonePermissions(fake.EveryonePermissions &^ fake.SendMessages)
	r.s.SetBotPermissions(fake.HelpdeskPermissions &^ fake.SendMessages)
	o := openingOf(33)
	o.Again, o.History = true, history(2)
	_, err := r.c.Open(r.ctx, o)
	if se := refused(t, err, connector.Retryable, connector.ScopeThread); se.RetryAfter != pause {
		t.Errorf("tried again after %s, want %s", se.RetryAfter, pause)
	}
	r.s.SetBotPermissions(fake.HelpdeskPermissions)
	th, err := r.c.Open(r.ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	if texts := r.texts(th.ExternalID); len(texts) != 3 || texts[2] != "message 2" {
		t.Errorf("the channel holds %q", texts)
	}
	if n := len(channelsOf(r.s, fake.TypeText)); n != 1 {
		t.Errorf("%d channels, want one", n)
	}
}

// muteBot leaves the bot nothing that lets it write: neither its role nor everyone's, nor the channel.
func muteBot(r *rig, th connector.Thread) {
	r.t.Helper()
	r.s.SetEveryonePermissions(fake.EveryonePermissions &^ fake.SendMessages)
	r.s.SetBotPermissions(fake.HelpdeskPermissions &^ fake.SendMessages)
	if err := r.s.SetOverwrite(th.ExternalID, fake.Overwrite{ID: r.s.BotID(), Type: fake.OverwriteMember, Allow: fake.ViewChannel}); err != nil {
		r.t.Fatal(err)
	}
}

func botRoles(r *rig) []string {
	all := r.s.Members()
	i := slices.IndexFunc(all, func(m fake.Member) bool { return m.User.ID == r.s.BotID() })
	return slices.Clone(all[i].Roles)
}

// posts counts the tries to post in the channel.
func posts(r *rig, th connector.Thread) int {
	n := 0
	for _, q := range r.s.Requests() {
		if q.Method == http.MethodPost && strings.HasSuffix(q.Path, "/channels/"+th.ExternalID+"/messages") {
			n++
		}
	}
	return n
}
