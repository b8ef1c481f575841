package switchboard_test

import (
	"testing"

	"kefu"
	"kefu/internal/switchboard"
)

// TestNoRingIsMadeAtOnce: of several who link tickets in a ring at the same time, one comes too late.
func TestNoRingIsMadeAtOnce(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		for range 10 {
			var ids []kefu.TicketID
			for range 3 {
				ids = append(ids, b.ticket(switchboard.NewTicket{Title: "x"}).ID)
			}
			done := make(chan error, len(ids))
			for i, id := range ids {
				go func() {
					_, err := b.LinkDuplicate(t.Context(), operator(), string(id), switchboard.DuplicateLink{Of: string(ids[(i+1)%len(ids)])})
					done <- err
				}()
			}
			for range ids {
				if err := <-done; err != nil {
					wantKind(t, "too late", err, kefu.KindConflict)
				}
			}
			firsts := 0
			for _, id := range ids {
				tk := b.readTicket(id)
				if tk.DuplicateOf == nil {
					firsts++
				} else if b.readTicket(*tk.DuplicateOf).DuplicateOf != nil {
					t.Errorf("%s repeats one that repeats another", id)
				}
			}
			if firsts != 1 {
				t.Errorf("%d of three are the first", firsts)
			}
		}
	})
}
