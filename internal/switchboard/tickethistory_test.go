package switchboard_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"kefu"
	"kefu/internal/store"
	"kefu/internal/switchboard"
)

// TestHistoryTellsTheTicket changes a ticket at random, by its own calls and by its conversation's: the history played over what it was at
// first gives what it is.
func TestHistoryTellsTheTicket(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		amy := b.employ("amy", kefu.RoleAgent, "")
		team, err := b.CreateTeam(t.Context(), operator(), switchboard.TeamChange{Name: kefu.Some("Sales")})
		if err != nil {
			t.Fatal(err)
		}
		seed := rand.Uint64()
		r := rand.New(rand.NewPCG(seed, 1))
		tk := b.ticket(switchboard.NewTicket{TicketID: "1", Title: "first", Content: "text", CustomFields: map[string]any{"a": "b"}})
		other := b.ticket(switchboard.NewTicket{Title: "other"})
		at := b.stored(tk.ID)
		if r.IntN(2) == 0 { // an answer begins it, else anything may
			if _, err := b.Send(t.Context(), as(staffCaller(amy.ID, kefu.RoleAdmin)), switchboard.NewMessage{ConversationID: tk.ConversationID, Content: "hi"}); err != nil {
				t.Fatal(err)
			}
		}
		for range 40 {
			if err := b.anyChange(r, tk, other, amy.ID, team.ID); err != nil && kefu.KindOf(err) != kefu.KindConflict {
				t.Fatalf("seed %d: %v", seed, err)
			}
			b.mirrored(tk.ID)
		}
		played := map[string]string{}
		for _, m := range (kefu.Ticket{}).Changes(at) {
			played[m.Field] = m.To
		}
		for _, s := range b.steps(tk.ID) {
			if played[s.Field] != s.From || s.From == s.To || s.At.IsZero() || s.By.Kind == "" {
				t.Errorf("seed %d: %+v comes after %q", seed, s, played[s.Field])
			}
			played[s.Field] = s.To
		}
		for _, m := range (kefu.Ticket{}).Changes(b.stored(tk.ID)) {
			if played[m.Field] != m.To {
				t.Errorf("seed %d: %s is %q, its history says %q", seed, m.Field, m.To, played[m.Field])
			}
			delete(played, m.Field)
		}
		for field, value := range played {
			if value != "" {
				t.Errorf("seed %d: %s is empty, its history says %q", seed, field, value)
			}
		}
	})
}

func (b *board) stored(id kefu.TicketID) (t kefu.Ticket) {
	b.t.Helper()
	b.view(func(tx *store.Tx) (err error) {
		t, err = tx.Ticket(id)
		return err
	})
	return t
}

// mirrored holds that a ticket has of its conversation what both have.
func (b *board) mirrored(id kefu.TicketID) {
	b.t.Helper()
	t := b.stored(id)
	b.view(func(tx *store.Tx) error {
		c, err := tx.Conversation(t.ConversationID)
		if c.Subject != t.Title || c.Priority != t.Priority || c.AssigneeID != t.AssigneeID || c.TeamID != t.TeamID || c.InboxID != t.InboxID ||
			(c.Status == kefu.StatusClosed) != (t.Status == kefu.TicketClosed) {
			b.t.Errorf("ticket %+v of conversation %+v", t, c)
		}
		return err
	})
}

func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

func (b *board) anyChange(r *rand.Rand, tk, other switchboard.WorkTicket, amy kefu.AgentID, team kefu.TeamID) (err error) {
	ctx, id := b.t.Context(), string(tk.ID)
	status := pick(r, kefu.TicketStatuses()...)
	change := func(ch switchboard.TicketChange) error {
		_, err := b.UpdateTicket(ctx, operator(), id, ch)
		return err
	}
	talk := func(ch switchboard.ConversationChange) error {
		_, err := b.UpdateConversation(ctx, operator(), tk.ConversationID, ch)
		return err
	}
	switch r.IntN(12) {
	case 0:
		return change(switchboard.TicketChange{Title: kefu.Some(pick(r, "a", "b")), Category: kefu.Some(pick(r, "", "bug"))})
	case 1:
		return change(switchboard.TicketChange{Status: kefu.Some(status), Priority: kefu.Some(pick(r, kefu.PriorityLow, kefu.PriorityHigh)), Handler: kefu.Some("倉庫")})
	case 2:
		return change(switchboard.TicketChange{AssigneeID: kefu.Some(pick(r, "", amy)), DueAt: kefu.Some(time.Unix(int64(r.IntN(3)), 5000))})
	case 3:
		return change(switchboard.TicketChange{CustomFields: kefu.Some(map[string]any{"n": fmt.Sprint(r.IntN(2))}), Description: kefu.Some(pick(r, "", "d"))})
	case 4:
		return talk(switchboard.ConversationChange{Subject: kefu.Some(pick(r, "s", "t")), TeamID: kefu.Some(pick(r, "", team)), AssigneeID: kefu.Some(pick(r, "", amy))})
	case 5:
		return talk(switchboard.ConversationChange{Status: kefu.Some(pick(r, kefu.StatusOpen, kefu.StatusClosed))})
	case 6:
		_, err = b.Handoff(ctx, operator(), tk.ConversationID, switchboard.HandoffRequest{To: kefu.HandlerQueue})
	case 7:
		_, err = b.Transfer(ctx, operator(), tk.ConversationID, switchboard.TransferRequest{TeamID: team, AgentID: pick(r, "", amy)})
	case 8:
		_, err = b.LinkDuplicate(ctx, operator(), id, switchboard.DuplicateLink{Of: string(other.ID)})
	case 9:
		err = b.UnlinkDuplicate(ctx, operator(), id)
	case 10:
		_, err = b.report(tk.ID, switchboard.TicketSync{Status: status, Handler: pick(r, "", "amy@example.com", "x")})
	case 11:
		_, err = b.Send(ctx, as(staffCaller(amy, kefu.RoleAdmin)), switchboard.NewMessage{ConversationID: tk.ConversationID, Content: "looking"})
	}
	return err
}
