package wordpress

import (
	"strings"
	"testing"

	"kefu"
	"kefu/internal/connector"
	fake "kefu/internal/fake/wordpress"
)

func closed() connector.StatusChange {
	return connector.StatusChange{Kind: connector.StatusClosed, By: kefu.Author{Kind: kefu.AuthorAgent, Name: "小美", Via: "Discord"}}
}

func TestSendStatusCloses(t *testing.T) {
	for plugin, body := range map[bool]string{false: `{"ticket_id":33}`, true: `{"ticket_id":33,"closed_by":"小美"}`} {
		c, site := pair(t, fake.Options{Plugin: plugin})
		for _, kind := range []connector.StatusKind{connector.StatusReopened, connector.StatusAssigned} {
			if err := c.SendStatus(t.Context(), thread(), connector.StatusChange{Kind: kind}); err != nil || site.Requests("") != 0 {
				t.Errorf("%s: %v, %d calls", kind, err, site.Requests(""))
			}
		}
		for range 2 { // the second is "already closed", which is done
			if err := c.SendStatus(t.Context(), thread(), closed()); err != nil {
				t.Fatal(err)
			}
		}
		if l := site.Ledger(); len(l) != 1 || string(l[0].Body) != body || l[0].Route != fake.RouteClose {
			t.Errorf("ledger: %+v, want one %s", l, body)
		}
	}
}

func TestSendStatusAlreadyClosed(t *testing.T) {
	for _, c := range []struct {
		status     int
		code, said string
		done       bool
	}{
		{409, "ticket_already_closed", "", true}, {400, "bad", "Ticket is already closed.", true}, {404, "x", "此客服單已關閉", true}, {400, "x", "工单已关闭", true},
		{400, "ticket-closed", "", true}, {404, "ticket_not_found", "Ticket not found.", false}, {400, "rest_invalid_param", "closed_by is wrong", false},
		{403, "x", "This ticket is closed to you.", false}, {500, "x", "already closed", false},
	} {
		conn, site := pair(t, fake.Options{})
		site.Inject(fake.Fault{Kind: fake.FaultErrorJSON, Route: fake.RouteClose, Status: c.status, Code: c.code, Message: c.said})
		if err := conn.SendStatus(t.Context(), thread(), closed()); (err == nil) != c.done {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// A close whose answer was lost is simply made again.
func TestSendStatusAfterALostAnswer(t *testing.T) {
	c, site := pair(t, fake.Options{})
	site.Inject(fake.Fault{Kind: fake.FaultDropAfter, Route: fake.RouteClose, Count: 1})
	err := c.SendStatus(t.Context(), thread(), closed())
	if connector.Failure(err).Class != connector.Uncertain {
		t.Fatalf("got %v", err)
	}
	again := closed()
	again.Unsure = true
	if err := c.SendStatus(t.Context(), thread(), again); err != nil {
		t.Error(err)
	}
	if err := c.SendStatus(t.Context(), connector.Thread{}, again); err == nil || !strings.Contains(err.Error(), "no ticket") {
		t.Errorf("without a ticket: %v", err)
	}
}
