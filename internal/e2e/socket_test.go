package e2e

import (
	"slices"
	"sync"
	"testing"

	"kefu/client"
)

// listener keeps what came out of a stream.
type listener struct {
	mu     sync.Mutex
	events []client.Event
	err    error
	ended  bool
}

// hear reads a stream until it is closed.
func (r *rig) hear(s *client.Stream) *listener {
	l := &listener{}
	go func() {
		for e, err := range s.Events() {
			l.mu.Lock()
			if err != nil {
				l.err = err
			} else {
				l.events = append(l.events, e)
			}
			l.mu.Unlock()
		}
		l.mu.Lock()
		l.ended = true
		l.mu.Unlock()
	}()
	r.until("the stream stands", func() bool { _, known := s.Position(); return known })
	return l
}

func (l *listener) all() []client.Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.events)
}

// texts are those of new messages, in order.
func (l *listener) texts() (out []string) {
	for _, e := range l.all() {
		if e.Message != nil {
			out = append(out, e.Message.Content)
		}
	}
	return out
}

func (l *listener) over() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ended
}

// TestNothingMoreAfterPermissionIsGone takes rights away from people whose WebSockets are open: nothing that is written after the answer to
// that is shown to them. What they may still see is, which shows that they were listening.
func TestNothingMoreAfterPermissionIsGone(t *testing.T) {
	eachRig(t, alone(), func(r *rig) {
		admin := r.program()
		team, err := admin.Teams.Create(r.ctx, client.NewTeam{Name: "售後"})
		if err != nil {
			r.t.Fatal(err)
		}
		queue := r.begin(admin, client.NewConversation{Subject: "the team's", TeamID: team.ID})
		change := func(id string, ch client.AgentChange) error {
			_, err := admin.Agents.Update(r.ctx, id, ch)
			return err
		}
		for name, row := range map[string]struct {
			role string
			take func(agent, own string) error
			own  bool // it is their own conversation that they see no more, and not the team's
			ends bool // the line itself ends
		}{
			"team": {role: "agent", take: func(agent, _ string) error {
				return change(agent, client.AgentChange{TeamIDs: client.Set([]string{})})
			}},
			"role": {role: "admin", take: func(agent, _ string) error {
				return change(agent, client.AgentChange{Role: client.Set("agent"), TeamIDs: client.Set([]string{})})
			}},
			"assignment": {role: "agent", own: true, take: func(_, own string) error {
				_, err := admin.Conversations.Update(r.ctx, own, client.ConversationChange{AssigneeID: client.Null[string]()})
				return err
			}},
			"account": {role: "agent", ends: true, take: func(agent, _ string) error { return admin.Agents.Deactivate(r.ctx, agent) }},
		} {
			r.t.Run(name, func(t *testing.T) {
				r := r.in(t)
				agent, login := r.staff(admin, name, row.role, team.ID)
				own := r.begin(admin, client.NewConversation{Subject: "their own", AssigneeID: agent.ID})
				gone, left := queue.ID, own.ID
				if row.own {
					gone, left = left, gone
				}
				s := login.Listen(r.ctx, client.StreamOptions{Events: []string{"message.*"}})
				defer s.Close()
				heard := r.hear(s)
				r.tell(admin, gone, name+" before")
				r.until("what the agent may see is shown", func() bool { return slices.Contains(heard.texts(), name+" before") })
				if err := row.take(agent.ID, own.ID); err != nil {
					t.Fatal(err)
				}
				for range 20 {
					r.tell(admin, gone, name+" after")
				}
				if row.ends {
					r.until("the line has ended", heard.over)
				} else {
					r.tell(admin, left, name+" left")
					r.until("what the agent may still see is shown", func() bool { return slices.Contains(heard.texts(), name+" left") })
				}
				if slices.Contains(heard.texts(), name+" after") {
					t.Errorf("shown after the right was gone: %q", heard.texts())
				}
			})
		}
	})
}

// TestRevokedKeyHearsNothingMore is the same for programs.
func TestRevokedKeyHearsNothingMore(t *testing.T) {
	eachRig(t, alone(), func(r *rig) {
		admin := r.program()
		conv := r.begin(admin, client.NewConversation{Subject: "talk"})
		made, err := admin.APIKeys.Create(r.ctx, client.NewProgram{Name: "to be revoked", Scopes: []string{"conversations:read", "messages:read"}})
		if err != nil {
			r.t.Fatal(err)
		}
		s := r.as(client.WithKey(made.Secret)).Listen(r.ctx, client.StreamOptions{})
		defer s.Close()
		heard := r.hear(s)
		r.tell(admin, conv.ID, "before")
		r.until("it is shown", func() bool { return slices.Contains(heard.texts(), "before") })
		if err := admin.APIKeys.Revoke(r.ctx, made.ID); err != nil {
			r.t.Fatal(err)
		}
		r.tell(admin, conv.ID, "after")
		r.until("the line has ended", heard.over)
		if slices.Contains(heard.texts(), "after") {
			r.t.Errorf("shown after the key was revoked: %q", heard.texts())
		}
	})
}
