package switchboard_test

import (
	"fmt"
	"strings"
	"testing"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/store"
	"kefu/internal/switchboard"
)

// deskAsks is a command of staff that needs no thread: name, then names and values of its arguments.
func deskAsks(user, name string, args ...string) connector.Inbound {
	in := command("", user, name)
	in.Sender.Via = "Discord"
	for i := 0; i < len(args); i += 2 {
		in.Command.Args[args[i]] = args[i+1]
	}
	return in
}

// told carries a command out and wants it refused with a word, or carried out with "".
func (b *board) told(inbox kefu.InboxID, in connector.Inbound, refused string) connector.Result {
	b.t.Helper()
	res := b.take(inbox, in)
	if res.View == nil || res.View.Refused != refused {
		b.t.Fatalf("%s %v: %+v, want %q", in.Command.Name, in.Command.Args, res.View, refused)
	}
	return res
}

func numbers(list []kefu.Ticket) string {
	var out []string
	for _, t := range list {
		out = append(out, fmt.Sprint(t.Number))
	}
	return strings.Join(out, " ")
}

func TestADeskSeesItsOwnTickets(t *testing.T) {
	each(t, []kefu.InboxID{"guild"}, func(t *testing.T, b *board) {
		var convs []kefu.ConversationID
		for i := range 23 {
			convs = append(convs, b.take("shop", opening(fmt.Sprint(100+i), "hello")).ConversationID)
		}
		b.openDesk(convs[22], "guild", "c23")
		b.told("guild", deskAsks("u1", connector.CmdTicketAssign, "number", "23", "agent_id", "u3", "agent_name", "Amy"), "")
		b.told("guild", deskAsks("u1", connector.CmdTicketStatus, "number", "22", "status", "closed"), "")
		v := b.told("guild", deskAsks("u1", connector.CmdTicketList), "").View
		if got := numbers(v.Tickets); got != "23 21 20 19 18 17 16 15 14 13 12 11 10 9 8 7 6 5 4 3" {
			t.Errorf("listed %s", got)
		}
		if v.Threads[convs[22]] != "c23" || len(v.Threads) != 1 || v.Names[v.Tickets[0].AssigneeID] != "Amy" {
			t.Errorf("threads %v, names %v", v.Threads, v.Names)
		}
		for _, c := range []struct{ user, args, want string }{
			{"u1", "status closed", "22"}, {"u3", "mine yes", "23"}, {"u3", "mine yes status pending", "23"}, {"u2", "mine yes", ""},
		} {
			if got := numbers(b.told("guild", deskAsks(c.user, connector.CmdTicketList, strings.Fields(c.args)...), "").View.Tickets); got != c.want {
				t.Errorf("%s lists %q: %q, want %q", c.user, c.args, got, c.want)
			}
		}
		b.told("guild", deskAsks("u1", connector.CmdTicketList, "status", "lost"), connector.RefusedInvalid)
		if got := b.told("second", deskAsks("u1", connector.CmdTicketList), "").View.Tickets; len(got) != 0 {
			t.Errorf("a desk without links lists %s", numbers(got))
		}
		for _, name := range []string{connector.CmdTicketShow, connector.CmdTicketAssign, connector.CmdTicketStatus, connector.CmdTicketLink} {
			args := []string{"number", "3", "status", "closed", "agent_id", "u1", "of", "4"}
			b.told("second", deskAsks("u1", name, args...), connector.RefusedNotFound)
			args[1] = "99"
			b.told("guild", deskAsks("u1", name, args...), connector.RefusedNotFound)
			args[1] = "three"
			b.told("guild", deskAsks("u1", name, args...), connector.RefusedNotFound)
		}
		if got := b.ticketOf(convs[2]).Status; got != kefu.TicketPending {
			t.Errorf("a desk that does not have the ticket moved it: %s", got)
		}
	})
}

func (b *board) ticketOf(id kefu.ConversationID) (t kefu.Ticket) {
	b.t.Helper()
	b.view(func(tx *store.Tx) (err error) {
		t, err = tx.TicketOf(id)
		return err
	})
	return t
}

func (b *board) talk(id kefu.ConversationID) (c store.Conversation) {
	b.t.Helper()
	b.view(func(tx *store.Tx) (err error) {
		c, err = tx.Conversation(id)
		return err
	})
	return c
}

// TestAStepThatDoesNotExistChangesNothing goes through the steps, and holds that the history and the log name who took them.
func TestAStepThatDoesNotExistChangesNothing(t *testing.T) {
	each(t, []kefu.InboxID{"guild"}, func(t *testing.T, b *board) {
		conv := b.take("shop", opening("33", "hello")).ConversationID
		b.openDesk(conv, "guild", "c1")
		b.told("guild", deskAsks("u1", connector.CmdTicketStatus, "number", "1", "status", "processing"), "")
		res := b.told("guild", deskAsks("u9", connector.CmdTicketStatus, "number", "#1", "status", "pending"), connector.RefusedStep)
		if res.View.Ticket.Number != 1 || res.View.Ticket.Status != kefu.TicketProcessing {
			t.Errorf("the refusal is about %+v", res.View.Ticket)
		}
		b.view(func(tx *store.Tx) error {
			if _, who, err := tx.Identity("guild", "u9"); who != "" || err != nil {
				t.Errorf("a refused command has made the agent %q, %v", who, err)
			}
			return nil
		})
		b.told("guild", deskAsks("u1", connector.CmdTicketStatus, "number", "1", "status", "lost"), connector.RefusedInvalid)
		for _, status := range []string{"resolved", "closed", "processing"} {
			res := b.told("guild", deskAsks("u1", connector.CmdTicketStatus, "number", "1", "status", status), "")
			if string(res.View.Ticket.Status) != status || res.ConversationID != conv {
				t.Errorf("after %s: %+v", status, res.View.Ticket)
			}
			if closed := b.talk(conv).Status == kefu.StatusClosed; closed != (status == "closed") {
				t.Errorf("with the ticket %s the conversation is closed: %v", status, closed)
			}
		}
		v := b.told("guild", deskAsks("u2", connector.CmdTicketShow, "number", "1"), "").View
		if v.Ticket.Description != "hello" || v.Customer.Name != "Demo" || v.Threads[conv] != "c1" || len(v.History) != 4 {
			t.Errorf("shown %+v of %q with %d changes", v.Ticket, v.Customer.Name, len(v.History))
		}
		if h := v.History[0]; h.Field != "status" || h.From != "closed" || h.To != "processing" || h.By.Name != "u1" || h.By.Via != "Discord" {
			t.Errorf("the newest change is %+v", h)
		}
		b.view(func(tx *store.Tx) error {
			lines, err := tx.AuditLog(store.AuditFilter{Action: "ticket.updated", Limit: 10})
			if len(lines) != 4 || lines[0].Actor.Name != "u1" || lines[0].Actor.Credential != "guild" {
				t.Errorf("audited %+v", lines)
			}
			return err
		})
	})
}

func TestATicketIsGivenFromAnywhere(t *testing.T) {
	each(t, []kefu.InboxID{"guild"}, func(t *testing.T, b *board) {
		conv := b.take("shop", opening("33", "hello")).ConversationID
		b.openDesk(conv, "guild", "c1")
		team, err := b.CreateTeam(t.Context(), operator(), switchboard.TeamChange{Name: kefu.Some("Payments")})
		if err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{}, {"agent_id", "u2", "team", string(team.ID)}, {"team", "tea_none"}} {
			b.told("guild", deskAsks("u1", connector.CmdTicketAssign, append([]string{"number", "1"}, args...)...), connector.RefusedInvalid)
		}
		v := b.told("guild", deskAsks("u1", connector.CmdTicketAssign, "number", "1", "agent_id", "u2", "agent_name", "Bob"), "").View
		if v.Owner != "Bob" || v.Ticket.AssigneeID == "" {
			t.Errorf("given to %q: %+v", v.Owner, v.Ticket)
		}
		if res := b.take("guild", staff("c1", "mine now")); res.Private {
			t.Error("what is written at the desk that has the talk is a note")
		}
		v = b.told("guild", deskAsks("u1", connector.CmdTicketAssign, "number", "1", "team", string(team.ID)), "").View
		if v.Owner != "" || v.Teams[v.Ticket.TeamID] != "Payments" || b.talk(conv).Handler != kefu.HandlerQueue {
			t.Errorf("given to the team: %+v, %v", v.Ticket, v.Teams)
		}
		b.told("guild", deskAsks("u1", connector.CmdTicketStatus, "number", "1", "status", "closed"), "")
		b.told("guild", deskAsks("u1", connector.CmdTicketAssign, "number", "1", "agent_id", "u2"), connector.RefusedClosed)
	})
}

func TestDuplicatesAreLinkedFromADesk(t *testing.T) {
	each(t, []kefu.InboxID{"guild"}, func(t *testing.T, b *board) {
		for i := range 3 {
			b.take("shop", opening(fmt.Sprint(33+i), "hello"))
		}
		link := func(number, of, refused string) *connector.View {
			t.Helper()
			return b.told("guild", deskAsks("u1", connector.CmdTicketLink, "number", number, "of", of), refused).View
		}
		link("1", "1", connector.RefusedInvalid)
		if v := link("2", "1", ""); v.Ticket.Number != 2 || numbers(v.Tickets) != "1" {
			t.Errorf("linked %+v to %s", v.Ticket, numbers(v.Tickets))
		}
		link("1", "2", connector.RefusedInvalid)
		if v := link("3", "2", ""); numbers(v.Tickets) != "1" {
			t.Errorf("what repeats a repetition repeats %s", numbers(v.Tickets))
		}
		v := b.told("guild", deskAsks("u1", connector.CmdTicketShow, "number", "1"), "").View
		if numbers(v.Tickets) != "2 3" {
			t.Errorf("the first is shown with %s", numbers(v.Tickets))
		}
		v = b.told("guild", deskAsks("u1", connector.CmdTicketShow, "number", "3"), "").View
		if numbers(v.Tickets) != "1" || v.History[0].Field != "duplicate_of" || v.History[0].By.Name != "u1" || v.History[0].By.Via != "Discord" {
			t.Errorf("shown with %s and %+v", numbers(v.Tickets), v.History)
		}
		for range 2 {
			if v := link("3", "", ""); v.Ticket.DuplicateOf != "" {
				t.Errorf("still repeats %s", v.Ticket.DuplicateOf)
			}
		}
	})
}

func TestBlockingIsAuditedAndSaidWhereItMatters(t *testing.T) {
	each(t, []kefu.InboxID{"guild"}, func(t *testing.T, b *board) {
		b.told("guild", deskAsks("u1", connector.CmdBlock, "name", "Nobody"), connector.RefusedNotFound)
		for range 2 {
			v := b.told("guild", deskAsks("u1", connector.CmdBlock, "member", "900", "name", "Troll", "reason", "spam"), "").View
			if v.Customer.Name != "Troll" || v.Customer.BlockedAt.IsZero() {
				t.Errorf("blocked %+v", v.Customer)
			}
		}
		b.view(func(tx *store.Tx) error {
			id, agent, err := tx.Identity("guild", "900")
			if err != nil || id == "" || agent != "" {
				t.Fatalf("known as %q and %q, %v", id, agent, err)
			}
			k, err := tx.Contact(id)
			if k.BlockedAt.IsZero() {
				t.Error("not stored")
			}
			lines, lerr := tx.AuditLog(store.AuditFilter{Target: string(id), Limit: 10})
			if len(lines) != 1 || lines[0].Action != "contact.blocked" || lines[0].Actor.Name != "u1" || strings.Contains(string(lines[0].Detail), "spam") || lerr != nil {
				t.Errorf("audited %+v, %v", lines, lerr)
			}
			return err
		})
		v := b.told("guild", deskAsks("u1", connector.CmdUnblock, "member", "900", "name", "Troll"), "").View
		if !v.Customer.BlockedAt.IsZero() {
			t.Errorf("still blocked: %+v", v.Customer)
		}
		said := writing("33", "hello")
		said.Sender.ID = "901"
		conv := b.take("shop", said).ConversationID
		b.told("shop", deskAsks("u1", connector.CmdBlock, "member", "901", "reason", "rude"), "")
		if got := b.texts(conv); !strings.Contains(got, "[agent:blocked by u1: rude]") {
			t.Errorf("the talk has %s", got)
		}
	})
}
