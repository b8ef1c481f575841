package discord

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/discord"
	fake "kefu/internal/fake/discord"
)

// boarded is a rig with a channel, or a forum, for reports.
func boarded(t *testing.T, kind int) (*rig, connector.Opening) {
	t.Helper()
	r := newRig(t, fake.Options{Community: true, NonceWindow: 1}, set{"community": set{}})
	room := r.s.AddChannel(fake.Channel{Type: kind, Name: "bugs"})
	return r, connector.Opening{
		LinkID: "lnk_board", ConversationID: openingOf(33).ConversationID, Role: kefu.RoleBoard, Name: room.ID, Customer: kefu.Contact{Name: "Mia *M*"},
		Ticket: kefu.Ticket{Number: 33, Title: "Shop is *down*", Description: "What happened\n@everyone `500`", Category: categoryBug,
			Priority: kefu.PriorityHigh, Status: kefu.TicketPending},
	}
}

func (r *rig) openBoard(o connector.Opening) connector.Thread {
	r.t.Helper()
	th, err := r.c.Open(r.ctx, o)
	if err != nil {
		r.t.Fatal(err)
	}
	if th.Role != kefu.RoleBoard || th.Name != o.Name || th.LinkID != o.LinkID {
		r.t.Errorf("thread %+v", th)
	}
	return th
}

// stands tells the board how its ticket stands, twice.
func (r *rig) stands(th connector.Thread, ticket kefu.Ticket, first string) {
	r.t.Helper()
	for range 2 {
		s := connector.StatusChange{DeliveryID: "dlv_" + kefu.DeliveryID(ticket.Status), Kind: connector.StatusBoard, Ticket: ticket, To: first,
			Customer: kefu.Contact{Name: "Mia *M*"}, At: time.Now()}
		if err := r.c.SendStatus(r.ctx, th, s); err != nil {
			r.t.Fatal(err)
		}
	}
}

func TestBoardFollowsItsTicket(t *testing.T) {
	t.Parallel()
	for name, kind := range map[string]int{"channel": fake.TypeText, "forum": fake.TypeForum} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, o := boarded(t, kind)
			th := r.openBoard(o)
			channel, message, _ := strings.Cut(th.ExternalID, "/")
			if (channel == o.Name) != (kind == fake.TypeText) {
				t.Errorf("external id %s in channel %s", th.ExternalID, o.Name)
			}
			if kind == fake.TypeForum {
				asleep := true
				if _, err := r.c.api.ModifyChannel(r.ctx, channel, api.ChannelEdit{Archived: &asleep}); err != nil {
					t.Fatal(err)
				}
			}
			r.s.ClearRequests()
			ticket := o.Ticket
			seen := map[int]bool{}
			for _, status := range kefu.TicketStatuses() {
				ticket.Status = status
				r.stands(th, ticket, "")
				m, _ := r.s.Message(message)
				if e := m.Embeds[0]; e.Fields[0].Value != zhTW.say(word("board_"+status)) || !strings.Contains(e.Description, "500") || seen[e.Color] {
					t.Errorf("%s: %+v", status, e)
				} else {
					seen[e.Color] = true
				}
			}
			ticket.DuplicateOf, ticket.Description = "tic_1", "" // who reported it was erased
			r.stands(th, ticket, "#12")
			m, _ := r.s.Message(message)
			if m.Embeds[0].Description != "" {
				t.Errorf("erased words stay: %q", m.Embeds[0].Description)
			}
			if got := m.Embeds[0].Fields[0].Value; got != zhTW.say("board_duplicate_n", "#12") && got != zhTW.say("board_duplicate_n", `\#12`) {
				t.Errorf("duplicate: %q", got)
			}
			if m.MentionEveryone || len(r.bot(channel)) != 1 {
				t.Errorf("%d posts, everyone pinged: %t", len(r.bot(channel)), m.MentionEveryone)
			}
			edits := 0
			for _, q := range r.s.Requests() {
				if q.Method == http.MethodPatch && strings.Contains(q.Path, "/messages/") && q.Status < 300 {
					edits++
				}
			}
			if edits != 4 { // pending it was already, and what is said twice is written once
				t.Errorf("%d edits", edits)
			}
		})
	}
}

func TestBoardIsFoundAgain(t *testing.T) {
	t.Parallel()
	for name, kind := range map[string]int{"channel": fake.TypeText, "forum": fake.TypeForum} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, o := boarded(t, kind)
			other := o
			other.LinkID = "lnk_other"
			r.openBoard(other)
			r.s.Inject(fake.Fault{Kind: fake.FaultResetAfter, Method: http.MethodPost, Count: 1})
			_, err := r.c.Open(r.ctx, o)
			refused(t, err, connector.Uncertain, connector.ScopeThread)
			o.Unsure = true
			first := r.openBoard(o)
			if again := r.openBoard(o); again.ExternalID != first.ExternalID {
				t.Errorf("%s, then %s", first.ExternalID, again.ExternalID)
			}
			if n := len(r.s.Ledger()); n != 2 {
				t.Errorf("%d posts", n)
			}
		})
	}
}

// TestBoardDeletedByHand: the ticket goes on, so its post is made again, and the new one follows it.
func TestBoardDeletedByHand(t *testing.T) {
	t.Parallel()
	for name, kind := range map[string]int{"channel": fake.TypeText, "forum": fake.TypeForum} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, o := boarded(t, kind)
			th := r.openBoard(o)
			channel, message, _ := strings.Cut(th.ExternalID, "/")
			if kind == fake.TypeForum {
				if err := r.s.DeleteChannel(channel); err != nil {
					t.Fatal(err)
				}
			} else if err := r.s.DeleteMessage(message); err != nil {
				t.Fatal(err)
			}
			ticket := o.Ticket
			ticket.Status = kefu.TicketProcessing
			r.stands(th, ticket, "")
			ticket.Status = kefu.TicketResolved
			r.stands(th, ticket, "")
			var living []fake.Message
			for _, m := range r.s.Ledger() {
				if now, ok := r.s.Message(m.ID); ok && !now.Deleted && m.ID != message {
					living = append(living, now)
				}
			}
			if len(living) != 1 || living[0].Embeds[0].Fields[0].Value != zhTW.say("board_resolved") {
				t.Errorf("%d posts: %+v", len(living), living)
			}
		})
	}
}

func TestBoardThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	r, o := boarded(t, fake.TypeText)
	closed := fake.Overwrite{ID: r.s.BotID(), Type: fake.OverwriteMember, Deny: fake.SendMessages}
	if err := r.s.SetOverwrite(o.Name, closed); err != nil {
		t.Fatal(err)
	}
	_, err := r.c.Open(r.ctx, o)
	if se := refused(t, err, connector.Permanent, connector.ScopeThread); !strings.Contains(se.Reason, "<#"+o.Name+">") {
		t.Errorf("reason %q", se.Reason)
	}
	if err := r.s.DeleteChannel(o.Name); err != nil {
		t.Fatal(err)
	}
	_, err = r.c.Open(r.ctx, o)
	if se := refused(t, err, connector.Permanent, connector.ScopeThread); se.Reason != zhTW.say("why_board_gone", "<#"+o.Name+">") {
		t.Errorf("reason %q", se.Reason)
	}
}

func TestGoldenSheets(t *testing.T) {
	t.Parallel()
	s := sheet{link: "lnk_board", customer: kefu.Contact{Name: "Mia *M*"}, text: "What happened\n@everyone **500**", ticket: kefu.Ticket{Number: 33,
		Title: "Shop is *down*", Category: categoryBug, Priority: kefu.PriorityUrgent, Status: kefu.TicketPending}}
	for l := range lang(languages) {
		var all post
		for _, status := range kefu.TicketStatuses() {
			s.ticket.Status, s.ticket.DuplicateOf = status, ""
			all.pieces = append(all.pieces, piece{embed: sheetEmbed(l, s)})
		}
		s.ticket.DuplicateOf, s.ticket.Category, s.customer.Name = "tic_1", categoryFeature, ""
		all.pieces = append(all.pieces, piece{embed: sheetEmbed(l, s)})
		s.ticket.Category, s.customer.Name = categoryBug, "Mia *M*"
		golden(t, "board", l, all)
	}
	s.text = strings.Repeat("```\ncode *x*\n", 900)
	if e := sheetEmbed(english, s); width(e.Description) > api.MaxContent || strings.Count(e.Description, "```")%2 != 0 {
		t.Errorf("%d characters, %d fences", width(e.Description), strings.Count(e.Description, "```"))
	}
}
