package switchboard_test

import (
	"slices"
	"testing"
	"time"

	"kefu"
	"kefu/internal/store"
	"kefu/internal/switchboard"
)

// TestEveryFilterOfTickets runs each filter alone, with one ticket that passes and one that does not.
func TestEveryFilterOfTickets(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		amy := b.employ("amy", kefu.RoleAgent, "")
		team, err := b.CreateTeam(t.Context(), operator(), switchboard.TeamChange{Name: kefu.Some("Sales")})
		if err != nil {
			t.Fatal(err)
		}
		due := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
		one := b.ticket(switchboard.NewTicket{TicketID: "X-1", Title: "100% Blue", Content: "退款說明", Priority: kefu.PriorityHigh, Category: "refund",
			Status: kefu.TicketResolved, AssigneeID: amy.ID, TeamID: team.ID, DueAt: &due, Contact: &switchboard.NewPerson{Name: "Ming"}})
		two := b.ticket(switchboard.NewTicket{Title: "Red"})
		for name, c := range map[string]struct {
			f    switchboard.TicketFilter
			want []kefu.TicketID
		}{
			"none":         {switchboard.TicketFilter{}, []kefu.TicketID{two.ID, one.ID}},
			"status":       {switchboard.TicketFilter{Status: kefu.TicketResolved}, []kefu.TicketID{one.ID}},
			"priority":     {switchboard.TicketFilter{Priority: kefu.PriorityHigh}, []kefu.TicketID{one.ID}},
			"category":     {switchboard.TicketFilter{Category: "refund"}, []kefu.TicketID{one.ID}},
			"assignee":     {switchboard.TicketFilter{Assignee: string(amy.ID)}, []kefu.TicketID{one.ID}},
			"nobody's":     {switchboard.TicketFilter{Assignee: "none"}, []kefu.TicketID{two.ID}},
			"team":         {switchboard.TicketFilter{Team: string(team.ID)}, []kefu.TicketID{one.ID}},
			"no team":      {switchboard.TicketFilter{Team: "none"}, []kefu.TicketID{two.ID}},
			"inbox":        {switchboard.TicketFilter{Inbox: "shop"}, nil},
			"contact":      {switchboard.TicketFilter{Contact: one.ContactID}, []kefu.TicketID{one.ID}},
			"conversation": {switchboard.TicketFilter{ConversationID: two.ConversationID}, []kefu.TicketID{two.ID}},
			"external id":  {switchboard.TicketFilter{ExternalID: "X-1"}, []kefu.TicketID{one.ID}},
			"number":       {switchboard.TicketFilter{Number: two.Number}, []kefu.TicketID{two.ID}},
			"since":        {switchboard.TicketFilter{UpdatedSince: time.Now().Add(time.Hour)}, nil},
			"due":          {switchboard.TicketFilter{DueBefore: due.Add(time.Microsecond)}, []kefu.TicketID{one.ID}},
			"not yet due":  {switchboard.TicketFilter{DueBefore: due.Add(-time.Hour)}, nil},
			"title":        {switchboard.TicketFilter{Text: "0% b"}, []kefu.TicketID{one.ID}},
			"description":  {switchboard.TicketFilter{Text: "款說"}, []kefu.TicketID{one.ID}},
		} {
			list, err := b.Tickets(t.Context(), operator().Caller, c.f, switchboard.Paging{})
			var got []kefu.TicketID
			for _, tk := range list.Items {
				got = append(got, tk.ID)
			}
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("%s: %v, %v; want %v", name, got, err, c.want)
			}
		}
		page, err := b.Tickets(t.Context(), operator().Caller, switchboard.TicketFilter{}, switchboard.Paging{Limit: 1})
		if err != nil || len(page.Items) != 1 || page.NextCursor == "" {
			t.Fatalf("%+v, %v", page, err)
		}
		page, err = b.Tickets(t.Context(), operator().Caller, switchboard.TicketFilter{}, switchboard.Paging{Limit: 1, Cursor: page.NextCursor})
		if err != nil || len(page.Items) != 1 || page.Items[0].ID != one.ID || page.NextCursor != "" {
			t.Errorf("%+v, %v", page, err)
		}
		_, err = b.Tickets(t.Context(), operator().Caller, switchboard.TicketFilter{Status: "open", Priority: "now"}, switchboard.Paging{})
		wantKind(t, "unknown words", err, kefu.KindInvalid)
	})
}

// TestATicketIsFoundAndTold: the search finds what it says, and an endpoint that asked for it is told that it is resolved.
func TestATicketIsFoundAndTold(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		b.alter(func(tx *store.Tx) error {
			if err := tx.InsertEndpoint(kefu.Endpoint{ID: "whe_1", Name: "crm", URL: "https://hooks.example.com/", Enabled: true}); err != nil {
				return err
			}
			return tx.Subscribe("whe_1", []string{"ticket.resolved"})
		})
		tk := b.ticket(switchboard.NewTicket{Title: "x"})
		if _, err := b.UpdateTicket(t.Context(), operator(), string(tk.ID), switchboard.TicketChange{Description: kefu.Some("運費太貴")}); err != nil {
			t.Fatal(err)
		}
		if _, err := b.report(tk.ID, switchboard.TicketSync{Status: kefu.TicketResolved}); err != nil {
			t.Fatal(err)
		}
		b.index()
		hits := b.search(admin(), switchboard.SearchQuery{Text: "運費", Types: []switchboard.SearchType{switchboard.SearchTickets}})
		if len(hits.Items) != 1 {
			t.Errorf("%+v", hits.Items)
		}
		b.view(func(tx *store.Tx) error {
			made, err := tx.WebhooksAfter(0, 10)
			if len(made) != 1 || made[0].EventType != "ticket.resolved" {
				t.Errorf("%+v", made)
			}
			return err
		})
	})
}
