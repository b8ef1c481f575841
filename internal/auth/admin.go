package auth

import (
	"context"
	"crypto/rand"
	"strings"

	"kefu"
	"kefu/internal/ident"
	"kefu/internal/store"
)

// FirstAdmin is the e-mail of the admin that an empty database begins with.
const FirstAdmin = "admin@localhost"

// EnsureAdmin makes an admin with a random password when nobody can log in yet, and says so: the password is shown this once. Of several
// nodes that start at one time, one makes it.
func (a *Auth) EnsureAdmin(ctx context.Context) (email, password string, made bool, err error) {
	// Nearly always there is one, and a hash would be made for nothing.
	there, err := look(ctx, a, func(t *tx) (bool, error) { return t.AnybodyCanLogIn() })
	if err != nil || there {
		return "", "", false, err
	}
	password = strings.ToLower(rand.Text())
	hashed, err := a.hasher.hash(ctx, password)
	if err != nil {
		return "", "", false, err
	}
	err = a.Store.Update(ctx, func(t *store.Tx) error {
		made = false
		there, err := t.AnybodyCanLogIn()
		if err != nil || there {
			return err
		}
		admin := kefu.Agent{ID: kefu.AgentID(ident.New("agt")), Name: "Admin", Email: FirstAdmin, Role: kefu.RoleAdmin}
		if made, err = t.AddAgent(admin, hashed); err != nil || !made {
			return err
		}
		return t.Audit(kefu.SystemCaller("first start"), "agent.created", string(admin.ID), map[string]any{"role": admin.Role})
	})
	if err != nil || !made {
		return "", "", false, err
	}
	return FirstAdmin, password, true, nil
}

// AgentOf finds the active agent of an e-mail, for the command line.
func AgentOf(ctx context.Context, s *store.Store, email string) (id kefu.AgentID, err error) {
	err = s.View(ctx, func(t *store.Tx) error {
		a, err := t.AgentByEmail(strings.ToLower(strings.TrimSpace(email)))
		id = a.ID
		return noAgent(err, email)
	})
	return id, err
}

// SetPassword gives the active agent of an e-mail another password, from the command line. Every session of theirs ends.
func SetPassword(ctx context.Context, s *store.Store, email, password string) error {
	hashed, err := HashPassword(password)
	if err != nil {
		return err
	}
	return s.Update(ctx, func(t *store.Tx) error {
		agent, err := t.AgentByEmail(strings.ToLower(strings.TrimSpace(email)))
		if err != nil {
			return noAgent(err, email)
		}
		if err := t.SetPassword(agent.ID, hashed); err != nil {
			return err
		}
		if err := endOthers(&tx{t, t.Now}, agent.ID, "", "the password was changed"); err != nil {
			return err
		}
		return t.Audit(kefu.SystemCaller("command line"), "agent.password_changed", string(agent.ID), nil)
	})
}

func noAgent(err error, email string) error {
	if err == nil {
		return nil
	}
	if kefu.KindOf(found(err, "agent")) != kefu.KindNotFound {
		return err
	}
	return kefu.Errorf(kefu.KindNotFound, "no active agent has the e-mail %q: see kefu agent list", kefu.Excerpt(email, 100))
}
