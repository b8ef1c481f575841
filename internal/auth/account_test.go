package auth_test

import (
	"log/slog"
	"testing"

	"kefu"
	"kefu/internal/auth"
	"kefu/internal/bus"
	"kefu/internal/switchboard"
)

// TestAnAdminsChangesEndSessions: the verbs for agents live elsewhere, and what they do to sessions is what counts here.
func TestAnAdminsChangesEndSessions(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		rules := switchboard.New(r.store, bus.New(), nil, nil, slog.New(slog.DiscardHandler), nil)
		id := r.agent("ann", kefu.RoleAgent)
		tokens := r.login("ann")
		hash, err := auth.HashPassword("another horse")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := rules.UpdateAgent(ctx, admin(), id, switchboard.AgentChange{PasswordHash: hash}); err != nil {
			t.Fatal(err)
		}
		r.refused("after another password", bearing(tokens.AccessToken), kefu.KindUnauthorized, "was ended")
		tokens, err = r.Login(ctx, "ann@example.com", "another horse", auth.From{Address: home})
		if err != nil {
			t.Fatal(err)
		}
		if err := rules.DeactivateAgent(ctx, admin(), id); err != nil {
			t.Fatal(err)
		}
		r.refused("deactivated", bearing(tokens.AccessToken), kefu.KindUnauthorized, "")
		if _, err := rules.UpdateAgent(ctx, admin(), id, switchboard.AgentChange{Active: kefu.Some(true)}); err != nil {
			t.Fatal(err)
		}
		r.refused("taken up again", bearing(tokens.AccessToken), kefu.KindUnauthorized, "was ended")
	})
}
