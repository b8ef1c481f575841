package store_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kefu"
	"kefu/internal/sqldb"
	"kefu/internal/store"
	"kefu/internal/storetest"
)

var (
	statuses   = []kefu.Status{kefu.StatusOpen, kefu.StatusPending, kefu.StatusSnoozed, kefu.StatusClosed}
	priorities = []kefu.Priority{kefu.PriorityLow, kefu.PriorityMedium, kefu.PriorityHigh, kefu.PriorityUrgent}
	inboxes    = []kefu.InboxID{"i1", "i2", "i3"}
	teams      = []kefu.TeamID{"", "t1", "t2", "t3"}
	assignees  = []kefu.AgentID{"", "a1", "a2"}
	contacts   = []kefu.ContactID{"c1", "c2", "c3"}
	labels     = []string{"退貨", "vip", "new"}
	subjects   = []string{"Refund 退貨", "refund", "100% sure_thing", "Other", `back\slash`}
)

// crowd stores conversations of every kind and returns them as they are stored, several of one time.
func crowd(t *testing.T, s *store.Store, n int) []store.Conversation {
	t.Helper()
	ids := map[string]kefu.LabelID{}
	update(t, s, func(tx *store.Tx) error {
		for i, name := range labels {
			ids[name] = kefu.LabelID(fmt.Sprintf("lbl_%d", i))
			if _, err := tx.InsertLabel(kefu.Label{ID: ids[name], Name: name}); err != nil {
				return err
			}
		}
		return nil
	})
	for from := 0; from < n; from += 5 {
		update(t, s, func(tx *store.Tx) error {
			for i := from; i < min(from+5, n); i++ {
				if err := insertOne(tx, i, ids); err != nil {
					return err
				}
			}
			return nil
		})
	}
	var all []store.Conversation
	view(t, s, func(tx *store.Tx) (err error) {
		all, err = tx.Conversations(kefu.Sight{Kind: kefu.SeesAll}, store.ConversationFilter{}, store.Page{Limit: n + 1})
		for i := range all {
			named, err := tx.LabelsOf(all[i].ID)
			if err != nil {
				return err
			}
			all[i].Labels = named[all[i].ID]
		}
		return err
	})
	if len(all) != n {
		t.Fatalf("%d conversations, want %d", len(all), n)
	}
	return all
}

// insertOne gives each conversation another mixture, in ids that are in no order.
func insertOne(tx *store.Tx, i int, ids map[string]kefu.LabelID) error {
	pick := func(k, n int) int { return (i*k + i/n + i*i%7) % n }
	c := store.Conversation{Conversation: kefu.Conversation{
		ID: kefu.ConversationID(fmt.Sprintf("cnv_%03d", i*37%1000)), InboxID: inboxes[pick(1, 3)], ContactID: contacts[pick(5, 3)], Subject: subjects[pick(3, 5)],
		Status: statuses[pick(1, 4)], Handler: kefu.HandlerQueue, Priority: priorities[pick(7, 4)], TeamID: teams[pick(2, 4)], AssigneeID: assignees[pick(4, 3)],
		CreatedAt: tx.Now}}
	if err := tx.InsertConversation(c.Conversation); err != nil {
		return err
	}
	if _, err := tx.InsertTicket(kefu.Ticket{ID: kefu.TicketID("tkt_" + c.ID), ConversationID: c.ID, ExternalID: fmt.Sprintf("x%d", i%10), Status: kefu.TicketPending}); err != nil {
		return err
	}
	var set []kefu.LabelID
	for k, name := range labels {
		if (i+k)%(k+2) == 0 {
			set = append(set, ids[name])
		}
	}
	return tx.SetLabels(c, set)
}

func sights() []kefu.Sight {
	many := make([]kefu.TeamID, 0, 120)
	for i := range 120 {
		many = append(many, kefu.TeamID(fmt.Sprintf("t%d", i)))
	}
	return []kefu.Sight{
		{},
		{Kind: kefu.SeesAll},
		{Kind: kefu.SeesTeams, ID: "a1", Teams: []kefu.TeamID{"t1", "t2"}},
		{Kind: kefu.SeesTeams, ID: "a9"},
		{Kind: kefu.SeesOwn, ID: "a1", Teams: []kefu.TeamID{"t1", "t3"}},
		{Kind: kefu.SeesOwn, ID: "a2"},
		{Kind: kefu.SeesOwn, ID: "a2", Teams: many},
		{Kind: kefu.SeesBound, ID: "key", Inboxes: []kefu.InboxID{"i1", "i3"}},
		{Kind: kefu.SeesBound, ID: "key", Teams: []kefu.TeamID{"t2"}, Inboxes: []kefu.InboxID{"i2"}},
		{Kind: kefu.SeesBound, ID: "key"},
		{Kind: kefu.SeesOneContact, ID: "c2"},
		{Kind: kefu.SeesOneContact},
	}
}

// passes is the filter as a person would say it.
func passes(c store.Conversation, f store.ConversationFilter, number int64, external string) bool {
	text := strings.ToLower(f.Text)
	return (f.Status == "" || c.Status == f.Status) && (f.Inbox == "" || c.InboxID == f.Inbox) &&
		(f.Inboxes == nil || slices.Contains(f.Inboxes, c.InboxID)) && (f.Assignee == "" || c.AssigneeID == f.Assignee) &&
		(!f.Unassigned || c.AssigneeID == "") && (f.Team == "" || c.TeamID == f.Team) && (!f.Teamless || c.TeamID == "") &&
		(f.Label == "" || slices.Contains(c.Labels, f.Label)) && (f.Priority == "" || c.Priority == f.Priority) &&
		(f.Contact == "" || c.ContactID == f.Contact) && (f.UpdatedSince.IsZero() || !c.UpdatedAt.Before(f.UpdatedSince)) &&
		(f.Text == "" || strings.Contains(strings.ToLower(c.Subject), text) || fmt.Sprint(number) == strings.TrimPrefix(f.Text, "#") || external == f.Text)
}

// TestEveryFilterInEverySight holds what the database lists, page by page, against the same question asked in Go.
func TestEveryFilterInEverySight(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		all := crowd(t, s, 90)
		tickets := map[kefu.ConversationID]kefu.Ticket{}
		view(t, s, func(tx *store.Tx) (err error) {
			for _, c := range all {
				if tickets[c.ID], err = tx.TicketOf(c.ID); err != nil {
					return err
				}
			}
			return nil
		})
		rapid.Check(t, func(r *rapid.T) {
			sight := rapid.SampledFrom(sights()).Draw(r, "sight")
			f := drawFilter(r, all)
			newest := rapid.Bool().Draw(r, "newest")
			var want []kefu.ConversationID
			for _, c := range sorted(all, f.ByUpdate, newest) {
				if tk := tickets[c.ID]; sight.Sees(seen(c)) && passes(c, f, tk.Number, tk.ExternalID) {
					want = append(want, c.ID)
				}
			}
			got := pages(r, s, sight, f, newest, rapid.IntRange(1, 40).Draw(r, "limit"))
			if !slices.Equal(got, want) {
				r.Fatalf("%+v\n%+v:\n got %v\nwant %v", sight, f, got, want)
			}
		})
	})
}

func drawFilter(r *rapid.T, all []store.Conversation) store.ConversationFilter {
	var f store.ConversationFilter
	chance := func(name string) bool { return rapid.IntRange(0, 4).Draw(r, name) == 0 }
	if chance("status?") {
		f.Status = rapid.SampledFrom(statuses).Draw(r, "status")
	}
	if chance("inbox?") {
		f.Inbox = rapid.SampledFrom(inboxes).Draw(r, "inbox")
	}
	if chance("inboxes?") {
		f.Inboxes = rapid.SliceOfN(rapid.SampledFrom(inboxes), 0, 3).Draw(r, "inboxes")
	}
	if chance("assignee?") {
		f.Assignee = rapid.SampledFrom(assignees).Draw(r, "assignee")
		f.Unassigned = f.Assignee == ""
	}
	if chance("team?") {
		f.Team = rapid.SampledFrom(teams).Draw(r, "team")
		f.Teamless = f.Team == ""
	}
	if chance("label?") {
		f.Label = rapid.SampledFrom(append(labels, "unknown")).Draw(r, "label")
	}
	if chance("priority?") {
		f.Priority = rapid.SampledFrom(priorities).Draw(r, "priority")
	}
	if chance("contact?") {
		f.Contact = rapid.SampledFrom(contacts).Draw(r, "contact")
	}
	if chance("since?") {
		f.UpdatedSince = rapid.SampledFrom(all).Draw(r, "since").UpdatedAt
	}
	if chance("text?") {
		f.Text = rapid.SampledFrom([]string{"REFUND", "退貨", "100%", "_", `\`, "7", "#12", "x3", "nothing"}).Draw(r, "text")
	}
	f.ByUpdate = rapid.Bool().Draw(r, "by update")
	return f
}

func sorted(all []store.Conversation, byUpdate, newest bool) []store.Conversation {
	out := slices.Clone(all)
	slices.SortFunc(out, func(a, b store.Conversation) int {
		x, y := a.CreatedAt, b.CreatedAt
		if byUpdate {
			x, y = a.UpdatedAt, b.UpdatedAt
		}
		n := x.Compare(y)
		if n == 0 {
			n = strings.Compare(string(a.ID), string(b.ID))
		}
		if newest {
			return -n
		}
		return n
	})
	return out
}

func seen(c store.Conversation) kefu.Seen {
	return kefu.Seen{InboxID: c.InboxID, ContactID: c.ContactID, AssigneeID: c.AssigneeID, TeamID: c.TeamID}
}

// fataler is what a test and a property have in common.
type fataler interface {
	Fatalf(format string, args ...any)
}

func pages(t fataler, s *store.Store, sight kefu.Sight, f store.ConversationFilter, newest bool, limit int) (got []kefu.ConversationID) {
	p := store.Page{Newest: newest, Limit: limit}
	for {
		var rows []store.Conversation
		if err := s.View(context.Background(), func(tx *store.Tx) (err error) {
			rows, err = tx.Conversations(sight, f, p)
			return err
		}); err != nil {
			t.Fatalf("%+v %+v: %v", sight, f, err)
		}
		for _, c := range rows {
			got = append(got, c.ID)
			p.At, p.ID = c.CreatedAt, string(c.ID)
			if f.ByUpdate {
				p.At = c.UpdatedAt
			}
		}
		if len(rows) < limit {
			return got
		}
	}
}

// TestPagesMissNothing walks the list while others are made and taken away: what was there all the time is met once.
func TestPagesMissNothing(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		all := crowd(t, s, 60)
		for round := range 8 {
			sight := kefu.Sight{Kind: kefu.SeesBound, ID: "key", Inboxes: []kefu.InboxID{"i1", "i2"}, Teams: []kefu.TeamID{"t1"}}
			stays := map[kefu.ConversationID]int{}
			for i, c := range all {
				if sight.Sees(seen(c)) && i%8 != round {
					stays[c.ID] = 0
				}
			}
			met := map[kefu.ConversationID]int{}
			p := store.Page{Newest: round%2 == 0, Limit: 3}
			for step := 0; ; step++ {
				var rows []store.Conversation
				view(t, s, func(tx *store.Tx) (err error) {
					rows, err = tx.Conversations(sight, store.ConversationFilter{}, p)
					return err
				})
				for _, c := range rows {
					met[c.ID]++
					p.At, p.ID = c.CreatedAt, string(c.ID)
				}
				if len(rows) < p.Limit {
					break
				}
				id := kefu.ConversationID(fmt.Sprintf("new_%d_%d", round, step))
				gone := all[(step*8+round)%len(all)].ID
				update(t, s, func(tx *store.Tx) error {
					if _, err := tx.Exec(`DELETE FROM conversation WHERE id = $1`, gone); err != nil {
						return err
					}
					return tx.InsertConversation(kefu.Conversation{ID: id, InboxID: "i1", Status: kefu.StatusOpen})
				})
				delete(stays, gone)
			}
			for id := range stays {
				if met[id] != 1 {
					t.Errorf("round %d: %s was met %d times", round, id, met[id])
				}
			}
			for id, n := range met {
				if n > 1 {
					t.Errorf("round %d: %s came %d times", round, id, n)
				}
			}
			view(t, s, func(tx *store.Tx) (err error) {
				all, err = tx.Conversations(kefu.Sight{Kind: kefu.SeesAll}, store.ConversationFilter{}, store.Page{Limit: 1000})
				return err
			})
		}
	})
}

// TestListsWalkAnIndex: no list of conversations reads a whole table or sorts what it has read.
func TestListsWalkAnIndex(t *testing.T) {
	s := openStore(t, storetest.SQLite(t))
	filters := map[string]store.ConversationFilter{
		"all": {}, "status": {Status: kefu.StatusOpen}, "inbox": {Inbox: "i"}, "assignee": {Assignee: "a"}, "team": {Team: "t"},
		"contact": {Contact: "c"}, "label": {Label: "l"}, "updated": {ByUpdate: true}, "priority": {Priority: kefu.PriorityHigh},
		"assignee and status": {Assignee: "a", Status: kefu.StatusOpen}, "unassigned and open": {Unassigned: true, Status: kefu.StatusOpen},
		"channel": {Inboxes: []kefu.InboxID{"i", "j"}}, "text": {Text: "x"}, "contact and inbox": {Contact: "c", Inbox: "i"},
	}
	for _, sight := range sights() {
		for name, f := range filters {
			if f.ByUpdate && sight.Kind == kefu.SeesOneContact {
				continue
			}
			view(t, s, func(tx *store.Tx) error {
				for _, q := range tx.ConversationPlans(sight, f, store.Page{Newest: true, Limit: 51, At: time.Unix(1, 0), ID: "x"}) {
					for _, step := range explain(t, tx, q) {
						if scan.MatchString(step) && !strings.Contains(step, "USING") || strings.Contains(step, "TEMP B-TREE") {
							t.Errorf("%s, sight %s: %s\n%s", name, sight.Kind, step, q.Text)
						}
					}
				}
				return nil
			})
		}
	}
}

func explain(t *testing.T, tx *store.Tx, q store.Plan) (steps []string) {
	t.Helper()
	steps, err := sqldb.Many(tx.Tx, func(r sqldb.Scanner) (detail string, err error) {
		var id, parent, unused int
		err = r.Scan(&id, &parent, &unused, &detail)
		return detail, err
	}, "EXPLAIN QUERY PLAN "+q.Text, q.Args...)
	if err != nil {
		t.Fatalf("%s: %v", q.Text, err)
	}
	return steps
}

func update(t *testing.T, s *store.Store, fn func(*store.Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func view(t *testing.T, s *store.Store, fn func(*store.Tx) error) {
	t.Helper()
	if err := s.View(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}
