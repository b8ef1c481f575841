package dispatch_test

import (
	"context"
	"log/slog"
	"testing"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/dispatch"
	"kefu/internal/store"
	"kefu/internal/switchboard"
)

// town is a place where members report, with a board.
type town struct {
	*remote
	shown []connector.StatusChange
}

func (r *town) SendStatus(_ context.Context, _ connector.Thread, s connector.StatusChange) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer r.touch()
	r.shown = append(r.shown, s)
	return nil
}

// TestABoardIsToldTheWholeCase: what it was opened with, and of which case it is the duplicate.
func TestABoardIsToldTheWholeCase(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.Switchboard = switchboard.New(r.store, r.bus, files{}, nil, slog.New(slog.DiscardHandler), []switchboard.Inbox{
			{ID: "town", Channel: "town", Reception: connector.Reception{Tells: true}}})
		to := &town{remote: newRemote()}
		ctx, cancel := context.WithCancel(t.Context())
		d := dispatch.New(dispatch.Options{Store: r.store, Switchboard: r.Switchboard, Bus: r.bus, Log: slog.New(slog.DiscardHandler), Node: "n1",
			Targets: []dispatch.Target{{Inbox: "town", Connector: to, Can: connector.AbilitiesOf(to), Looks: true}}})
		done := make(chan error, 1)
		go func() { done <- d.Run(ctx) }()
		t.Cleanup(func() {
			cancel()
			if err := <-done; err != nil {
				t.Errorf("run: %v", err)
			}
		})
		report := func(n, text string) kefu.ConversationID {
			return r.take("town", connector.Inbound{Kind: connector.InOpen, ThreadID: "report:u:" + n, Key: "i:" + n, Title: "t" + n, Content: kefu.Content{Text: text},
				Sender: connector.Sender{Kind: kefu.AuthorContact, ID: "u", Name: "Mia"}, Report: &connector.Report{Category: "bug", Board: "bugs"}}).ConversationID
		}
		report("1", "It crashes")
		second := report("2", "It crashes, too")
		to.wait(t, "both on the board", func() bool { return len(to.opened) == 2 })
		if o := to.opened[0]; o.Name != "bugs" || o.Role != kefu.RoleBoard || o.Ticket.Description == "" {
			t.Errorf("opened %+v", o)
		}
		ask := kefu.Ask{Caller: kefu.Caller{Kind: kefu.CallerAgent, ID: "agt_1", Role: kefu.RoleAdmin, Scopes: []string{"*:*"}}}
		if _, err := r.LinkDuplicate(t.Context(), ask, string(ticketOf(t, r, second).ID), switchboard.DuplicateLink{Of: "1"}); err != nil {
			t.Fatal(err)
		}
		to.wait(t, "it is told of the duplicate", func() bool { return len(to.shown) == 1 })
		if s := to.shown[0]; s.To != "#1" || s.Ticket.DuplicateOf == "" || s.Ticket.Number != 2 || s.Ticket.Description != "It crashes, too" {
			t.Errorf("shown %+v", s)
		}
	})
}

func ticketOf(t *testing.T, r *rig, conv kefu.ConversationID) (found kefu.Ticket) {
	t.Helper()
	err := r.store.View(t.Context(), func(tx *store.Tx) (err error) {
		found, err = tx.TicketOf(conv)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
