package switchboard_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"kefu"
	"kefu/internal/store"
	"kefu/internal/storetest"
	"kefu/internal/switchboard"
)

func (b *board) ticket(in switchboard.NewTicket) switchboard.WorkTicket {
	b.t.Helper()
	made, err := b.CreateTicket(b.t.Context(), operator(), in)
	if err != nil {
		b.t.Fatal(err)
	}
	return made.WorkTicket
}

func (b *board) readTicket(id kefu.TicketID) switchboard.WorkTicket {
	b.t.Helper()
	t, err := b.Ticket(b.t.Context(), operator().Caller, string(id))
	if err != nil {
		b.t.Fatal(err)
	}
	return t
}

func (b *board) report(id kefu.TicketID, in switchboard.TicketSync) (switchboard.TicketSynced, error) {
	return b.SyncTicket(b.t.Context(), operator(), string(id), in)
}

// TestEveryTicketStep takes every step there can be, row by row, with what the conversation and who listens get of it.
func TestEveryTicketStep(t *testing.T) {
	rows := []struct {
		from, to kefu.TicketStatus
		ok       bool
		conv     kefu.Status
		event    string
	}{
		{"pending", "processing", true, "open", "ticket.updated"},
		{"pending", "resolved", true, "open", "ticket.resolved"},
		{"pending", "closed", true, "closed", "ticket.closed"},
		{"processing", "pending", false, "open", ""},
		{"processing", "resolved", true, "open", "ticket.resolved"},
		{"processing", "closed", true, "closed", "ticket.closed"},
		{"resolved", "pending", false, "open", ""},
		{"resolved", "processing", true, "open", "ticket.updated"},
		{"resolved", "closed", true, "closed", "ticket.closed"},
		{"closed", "pending", false, "closed", ""},
		{"closed", "processing", true, "open", "ticket.updated"},
		{"closed", "resolved", false, "closed", ""},
	}
	each(t, nil, func(t *testing.T, b *board) {
		for _, r := range rows {
			for _, way := range []string{"status", "change"} {
				name := fmt.Sprintf("%s to %s by %s", r.from, r.to, way)
				tk := b.ticket(switchboard.NewTicket{Title: name, Status: r.from})
				before := b.events()
				var err error
				if way == "status" {
					_, err = b.report(tk.ID, switchboard.TicketSync{Status: r.to})
				} else {
					_, err = b.UpdateTicket(t.Context(), operator(), string(tk.ID), switchboard.TicketChange{Status: kefu.Some(r.to)})
				}
				if !r.ok {
					wantKind(t, name, err, kefu.KindConflict)
					for _, next := range r.from.Next() {
						if !strings.Contains(fmt.Sprint(err), string(next)) {
							t.Errorf("%s: %v does not name %s", name, err, next)
						}
					}
				} else if err != nil {
					t.Errorf("%s: %v", name, err)
				}
				now, conv := b.readTicket(tk.ID), kefu.Status("")
				b.view(func(tx *store.Tx) error {
					c, err := tx.Conversation(tk.ConversationID)
					conv = c.Status
					return err
				})
				want := r.to
				if !r.ok {
					want = r.from
				}
				if now.Status != want || conv != r.conv {
					t.Errorf("%s: ticket %s, conversation %s", name, now.Status, conv)
				}
				after := b.events()
				for _, kind := range []string{"ticket.created", "ticket.updated", "ticket.resolved", "ticket.closed"} {
					n := 0
					if kind == r.event {
						n = 1
					}
					if after[kind]-before[kind] != n {
						t.Errorf("%s: %d of %s", name, after[kind]-before[kind], kind)
					}
				}
			}
		}
	})
}

// TestALateReportChangesNothing: what Kefu's own people did after it stays.
func TestALateReportChangesNothing(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		amy := b.employ("amy", kefu.RoleAgent, "")
		tk := b.ticket(switchboard.NewTicket{Title: "x", Status: kefu.TicketProcessing})
		late, err := b.report(tk.ID, switchboard.TicketSync{Status: kefu.TicketClosed, Handler: "amy@example.com", UpdateTime: "2023-10-26 12:00:00"})
		if err != nil || late.Applied || late.Reason == "" || late.Ticket.Status != kefu.TicketProcessing || late.Ticket.AssigneeID != nil {
			t.Errorf("%+v, %v", late, err)
		}
		sameAfterJSON(t, late)
		known, err := b.report(tk.ID, switchboard.TicketSync{Status: kefu.TicketResolved, Handler: "AMY@example.com"})
		if err != nil || !known.Applied || !known.HandlerKnown || known.Ticket.AssigneeID == nil || *known.Ticket.AssigneeID != amy.ID || known.Ticket.Handler != "" {
			t.Errorf("%+v, %v", known, err)
		}
		word, err := b.report(tk.ID, switchboard.TicketSync{Status: kefu.TicketProcessing, Handler: "物流部"})
		if err != nil || !word.Applied || word.HandlerKnown || word.Ticket.Handler != "物流部" {
			t.Errorf("%+v, %v", word, err)
		}
		steps := b.steps(tk.ID)
		last := steps[len(steps)-1]
		if !slices.ContainsFunc(steps, func(s switchboard.TicketStep) bool { return s.Field == "handler" && s.To == "物流部" }) || last.By.Name != "Kefu" {
			t.Errorf("%+v", steps)
		}
	})
}

func (b *board) steps(id kefu.TicketID) []switchboard.TicketStep {
	b.t.Helper()
	var out []switchboard.TicketStep
	p := switchboard.Paging{Limit: 2}
	for {
		list, err := b.TicketHistory(b.t.Context(), operator().Caller, string(id), p)
		if err != nil {
			b.t.Fatal(err)
		}
		out = append(out, list.Items...)
		if p.Cursor = list.NextCursor; p.Cursor == "" {
			return out
		}
	}
}

// TestTwoProgramsWithTheSameTicketID have a ticket each; one program that asks from many places at once has one.
func TestTwoProgramsWithTheSameTicketID(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		crm := kefu.Caller{Kind: kefu.CallerClient, ID: "key_1", Name: "CRM", Scopes: []string{"*:*"}}
		erp := kefu.Caller{Kind: kefu.CallerClient, ID: "key_2", Name: "ERP", Scopes: []string{"*:*"}}
		type result struct {
			made switchboard.MadeTicket
			err  error
		}
		done := make(chan result)
		for range 8 {
			go func() {
				made, err := b.CreateTicket(t.Context(), as(crm), switchboard.NewTicket{TicketID: "7", Title: "a"})
				done <- result{made, err}
			}()
		}
		ids, made := map[kefu.TicketID]bool{}, 0
		for range 8 {
			r := <-done
			if r.err != nil {
				t.Fatal(r.err)
			}
			ids[r.made.ID] = true
			if !r.made.Existing {
				made++
			}
		}
		if len(ids) != 1 || made != 1 {
			t.Errorf("%d tickets, %d made", len(ids), made)
		}
		other, err := b.CreateTicket(t.Context(), as(erp), switchboard.NewTicket{TicketID: "7", Title: "b"})
		if err != nil || ids[other.ID] || other.Existing {
			t.Errorf("%+v, %v", other, err)
		}
		if n := b.events()["ticket.created"]; n != 2 {
			t.Errorf("%d tickets were told of", n)
		}
		// A site's own id of the same words is another matter.
		site := b.take("shop", opening("7", "hello")).ConversationID
		_, err = b.CreateTicket(t.Context(), as(crm), switchboard.NewTicket{TicketID: "8", ConversationID: site})
		wantKind(t, "a conversation whose ticket is the site's", err, kefu.KindConflict)
	})
}

// TestTicketsAreSeenByTheirConversations holds the list against the reading of each ticket, for every kind of sight.
func TestTicketsAreSeenByTheirConversations(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		amy, bo := b.employ("amy", kefu.RoleAgent, ""), b.employ("bo", kefu.RoleSupervisor, "")
		team, err := b.CreateTeam(t.Context(), operator(), switchboard.TeamChange{Name: kefu.Some("Sales"), MemberIDs: kefu.Some([]kefu.AgentID{amy.ID, bo.ID})})
		if err != nil {
			t.Fatal(err)
		}
		var all []switchboard.WorkTicket
		for i := range 8 {
			in := switchboard.NewTicket{Title: fmt.Sprint(i)}
			if i&1 != 0 {
				in.TeamID = team.ID
			}
			if i&2 != 0 {
				in.AssigneeID = amy.ID
			}
			tk := b.ticket(in)
			if i&4 != 0 { // what conversations change, tickets change
				if _, err := b.UpdateConversation(t.Context(), operator(), tk.ConversationID, switchboard.ConversationChange{
					AssigneeID: kefu.Some(bo.ID), TeamID: kefu.Opt[kefu.TeamID]{Given: true, Null: true}}); err != nil {
					t.Fatal(err)
				}
			}
			all = append(all, tk)
		}
		bound := kefu.Caller{Kind: kefu.CallerClient, ID: "key_9", Bound: true, Scopes: []string{"*:*"}}
		for name, c := range map[string]struct {
			by   kefu.Caller
			want int
		}{
			"operator": {operator().Caller, 8}, "agent": {staffCaller(amy.ID, kefu.RoleAgent), 3}, "supervisor": {staffCaller(bo.ID, kefu.RoleSupervisor), 6},
			"bound to nothing": {bound, 0}, "stranger": {staffCaller("agt_x", kefu.RoleAgent), 0},
		} {
			list, err := b.Tickets(t.Context(), c.by, switchboard.TicketFilter{}, switchboard.Paging{})
			if err != nil || len(list.Items) != c.want {
				t.Errorf("%s: %d tickets, %v; want %d", name, len(list.Items), err, c.want)
			}
			for _, tk := range all {
				listed := slices.ContainsFunc(list.Items, func(l switchboard.WorkTicket) bool { return l.ID == tk.ID })
				_, err := b.Ticket(t.Context(), c.by, string(tk.ID))
				if listed != (err == nil) || err != nil && kefu.KindOf(err) != kefu.KindNotFound {
					t.Errorf("%s: ticket %s is listed %v and read %v", name, tk.Title, listed, err)
				}
			}
		}
		_, err = b.Tickets(t.Context(), kefu.Caller{Kind: kefu.CallerContact, ID: string(all[0].ContactID)}, switchboard.TicketFilter{}, switchboard.Paging{})
		wantKind(t, "a contact", err, kefu.KindForbidden)
		if err := b.DeleteTeam(t.Context(), operator(), team.ID); err != nil {
			t.Fatal(err)
		}
		for _, tk := range all {
			if now := b.readTicket(tk.ID); now.TeamID != nil {
				t.Errorf("ticket %s has a team that is gone", tk.Title)
			}
		}
	})
}

// TestDuplicatesPointToTheFirst of those that say the same, and none to itself.
func TestDuplicatesPointToTheFirst(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		var ids []kefu.TicketID
		for _, title := range []string{"a", "b", "c", "d"} {
			ids = append(ids, b.ticket(switchboard.NewTicket{Title: title}).ID)
		}
		link := func(from, to int) error {
			_, err := b.LinkDuplicate(t.Context(), operator(), string(ids[from]), switchboard.DuplicateLink{Of: string(ids[to])})
			return err
		}
		wantKind(t, "itself", link(0, 0), kefu.KindConflict)
		wantKind(t, "d repeats c", link(3, 2), "")
		wantKind(t, "a ring of two", link(2, 3), kefu.KindConflict)
		wantKind(t, "b repeats a", link(1, 0), "")
		wantKind(t, "c, which d repeats, repeats b, which repeats a", link(2, 1), "")
		wantKind(t, "a ring of more", link(0, 3), kefu.KindConflict)
		first := b.readTicket(ids[0])
		if !slices.Equal(first.Duplicates, ids[1:]) || first.DuplicateOf != nil {
			t.Errorf("%+v", first)
		}
		for _, id := range ids[1:] {
			if tk := b.readTicket(id); tk.DuplicateOf == nil || *tk.DuplicateOf != ids[0] {
				t.Errorf("%s repeats %v", tk.Title, tk.DuplicateOf)
			}
		}
		for range 2 {
			if err := b.UnlinkDuplicate(t.Context(), operator(), string(ids[3])); err != nil {
				t.Fatal(err)
			}
		}
		if got := b.readTicket(ids[0]).Duplicates; !slices.Equal(got, ids[1:3]) {
			t.Errorf("%v", got)
		}
		_, err := b.LinkDuplicate(t.Context(), operator(), string(ids[3]), switchboard.DuplicateLink{Of: "tkt_no"})
		wantKind(t, "nobody's", err, kefu.KindInvalid)
	})
}

// TestAnErasedPersonIsInNoTicket nor in what it was before.
func TestAnErasedPersonIsInNoTicket(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		ask := operator()
		ask.Key, ask.Fingerprint = "k", "f"
		made, err := b.CreateTicket(t.Context(), ask, switchboard.NewTicket{TicketID: "1", Title: "王小明的退款", Content: "我的地址", Category: "王家",
			Contact: &switchboard.NewPerson{Name: "王小明"}, CustomFields: map[string]any{"phone": "0912-111"}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.UpdateTicket(t.Context(), operator(), string(made.ID), switchboard.TicketChange{Title: kefu.Some("又是王小明"),
			Description: kefu.Some("另一個地址"), Category: kefu.Some("其他"), CustomFields: kefu.Some(map[string]any{"phone": "0933-222"})}); err != nil {
			t.Fatal(err)
		}
		words := []string{"王", "地址", "0912-111", "0933-222", "其他"} // nothing that a time may have
		before := 0
		for _, text := range storetest.Dump(t, b.store.DB()) {
			for _, word := range words {
				before += strings.Count(text, word)
			}
		}
		if before == 0 {
			t.Fatal("there is nothing to erase")
		}
		known, err := b.ExportContact(t.Context(), operator(), made.ContactID)
		if err != nil || len(known.Conversations) != 1 || known.Conversations[0].FullTicket.Description != "另一個地址" {
			t.Errorf("the export: %+v, %v", known, err)
		}
		if _, err := b.EraseContact(t.Context(), operator(), made.ContactID); err != nil {
			t.Fatal(err)
		}
		for table, text := range storetest.Dump(t, b.store.DB()) {
			for _, word := range words {
				if strings.Contains(text, word) {
					t.Errorf("%s still has %q: %.300s", table, word, text)
				}
			}
		}
		if now := b.readTicket(made.ID); now.Status != kefu.TicketClosed || now.Title != "" || now.Description != "" || len(now.CustomFields) != 0 {
			t.Errorf("%+v", now)
		}
	})
}
