package kefu_test

import (
	"testing"

	"kefu"
)

// TestClosedBy holds the table of contracts/vocabulary, "Closed by", row by row.
func TestClosedBy(t *testing.T) {
	for word, want := range map[string]kefu.AuthorKind{
		"網站/客戶端": kefu.AuthorContact, "網站/管理端": kefu.AuthorAgent, "系統自動關閉": kefu.AuthorSystem,
		"": "", "somebody": "", "网站/客户端": "",
	} {
		if got := kefu.CloserOf(word); got != want {
			t.Errorf("%q closed as %q, want %q", word, got, want)
		}
	}
}

// TestTicketSteps holds every step there can be: forward, to closed from anywhere, and back to processing from the end.
func TestTicketSteps(t *testing.T) {
	all := []kefu.TicketStatus{kefu.TicketPending, kefu.TicketProcessing, kefu.TicketResolved, kefu.TicketClosed}
	may := map[[2]kefu.TicketStatus]bool{
		{kefu.TicketPending, kefu.TicketProcessing}: true, {kefu.TicketPending, kefu.TicketResolved}: true, {kefu.TicketPending, kefu.TicketClosed}: true,
		{kefu.TicketProcessing, kefu.TicketResolved}: true, {kefu.TicketProcessing, kefu.TicketClosed}: true,
		{kefu.TicketResolved, kefu.TicketClosed}: true, {kefu.TicketResolved, kefu.TicketProcessing}: true,
		{kefu.TicketClosed, kefu.TicketProcessing}: true,
	}
	for _, from := range all {
		for _, to := range all {
			if got := from.CanBecome(to); got != may[[2]kefu.TicketStatus{from, to}] {
				t.Errorf("%s to %s: %v", from, to, got)
			}
		}
	}
}

func TestWords(t *testing.T) {
	for s, want := range map[kefu.Status]bool{"open": true, "pending": true, "snoozed": true, "closed": true, "resolved": false, "": false} {
		if s.Valid() != want {
			t.Errorf("status %q valid: %v", s, s.Valid())
		}
	}
	for s, want := range map[kefu.DeliveryState]bool{"queued": false, "sending": false, "delivered": true, "failed": true, "uncertain": true, "skipped": true} {
		if s.Final() != want {
			t.Errorf("delivery state %q final: %v", s, s.Final())
		}
	}
}
