package discord

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"kefu"
	"kefu/internal/connector"
	fake "kefu/internal/fake/discord"
)

func TestGoldenNotices(t *testing.T) {
	t.Parallel()
	opens := time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)
	alice := kefu.Author{Kind: kefu.AuthorAgent, Name: "Alice *A*", Via: "Console"}
	changes := []connector.StatusChange{
		{Kind: connector.StatusHanded, First: true, Position: 3},
		{Kind: connector.StatusHanded, First: true, Position: 1},
		{Kind: connector.StatusHanded, First: true, Position: 3, OpensAt: opens},
		{Kind: connector.StatusHanded, Left: "Bob", Position: 2},
		{Kind: connector.StatusAssigned, To: "Alice *A*"},
		{Kind: connector.StatusAssigned, To: "Alice", Left: "Bob"},
		{Kind: connector.StatusAssigned, Left: "Bob"},
		{Kind: connector.StatusClosed, By: alice, ClosedBy: "網站/管理端", Reason: "solved *now*", Rating: "rat_01"},
		{Kind: connector.StatusClosed, By: kefu.Author{Kind: kefu.AuthorContact, Name: "Mia"}},
		{Kind: connector.StatusClosed, By: kefu.Author{Kind: kefu.AuthorSystem}},
		{Kind: connector.StatusReopened, By: alice},
	}
	for l := range lang(languages) {
		var all post
		for _, s := range changes {
			s.Ticket = kefu.Ticket{Number: 12, Title: "Shop is down"}
			p := telling(l, talkIn("9", 12), s)
			all.pieces, all.rows = append(all.pieces, p.pieces...), append(all.rows, p.rows...)
		}
		golden(t, "told", l, all)
	}
	report := talkIn(reportThread("7", "8"), 12)
	for l := range lang(languages) {
		s := connector.StatusChange{Kind: connector.StatusClosed, Rating: "rat_01", Ticket: kefu.Ticket{Number: 12, Title: "Shop is down"}}
		golden(t, "told_report", l, telling(l, report, s))
	}
	bare := tellingOf(english, connector.Thread{}, connector.StatusChange{Kind: connector.StatusClosed})
	if strings.Contains(bare, "#0") {
		t.Errorf("a talk without a case: %q", bare)
	}
}

// TestNoticesAreThereOnce: each change is told in the customer's language, once, also when the answer was lost; what is no business of
// theirs is not told; and nothing of theirs is deleted or archived.
func TestNoticesAreThereOnce(t *testing.T) {
	t.Parallel()
	r, th, _ := direct(t, fake.Options{NonceWindow: 1})
	for _, kind := range []connector.StatusKind{connector.StatusHanded, connector.StatusAssigned, connector.StatusClosed, connector.StatusReopened,
		connector.StatusWaiting, connector.StatusBoard} {
		s := connector.StatusChange{DeliveryID: kefu.DeliveryID("dlv_" + kind), Kind: kind, To: "Alice", At: time.Now(), Rating: "rat_01",
			Ticket: kefu.Ticket{Number: 12}, Customer: kefu.Contact{Locale: kefu.LocaleChina}}
		remove := r.s.Inject(fake.Fault{Kind: fake.FaultResetAfter, Method: "POST", Path: posting(), Count: 1})
		err := r.c.SendStatus(r.ctx, th, s)
		if told := tellingOf(zhCN, th, s) != ""; told {
			refused(t, err, connector.Uncertain, connector.ScopeThread)
		} else if err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		remove()
		s.Unsure = true
		if err := r.c.SendStatus(r.ctx, th, s); err != nil {
			t.Errorf("%s again: %v", kind, err)
		}
	}
	texts := r.texts(th.ExternalID)
	if len(texts) != 4 || !strings.Contains(texts[0], "工单 #12") {
		t.Errorf("%q", texts)
	}
	for _, q := range r.s.Requests() {
		if q.Method == http.MethodDelete || q.Method == http.MethodPatch {
			t.Errorf("%s %s", q.Method, q.Path)
		}
	}
}

// TestBoardWordsComplete holds that every text exists in every language and takes the same arguments in each.
func TestBoardWordsComplete(t *testing.T) {
	t.Parallel()
	for w, by := range boardTexts {
		for l := range lang(languages) {
			if by[l] == "" || strings.Count(by[l], "%") != strings.Count(by[english], "%") {
				t.Errorf("%q in %s: %q", w, l, by[l])
			}
		}
		if _, twice := texts[w]; twice {
			t.Errorf("%q is in two tables", w)
		}
	}
}
