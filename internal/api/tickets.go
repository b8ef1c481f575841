package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kefu"
	"kefu/internal/switchboard"
)

func (s *server) ticketRoutes() []operation {
	return under("Tickets",
		list("/tickets", "tickets:read", "listTickets", "List tickets", s.listTickets).
			about("The newest first, as far as the caller may see their conversations."),
		post("/tickets", "tickets:write", "openTicket", "Make a ticket", s.openTicket).againOK().
			about("Each ticket belongs to a conversation: the one that conversation_id names, else one that begins with it. ticket_id is your own id and "+
				"unique for each program: asked for again, the same ticket is the answer, with 200, and nothing changes."),
		get("/tickets/{id}", "tickets:read", "getTicket", "Read a ticket", s.getTicket).about(ticketNames),
		put("/tickets/{id}", "tickets:write", "updateTicket", "Change a ticket", s.updateTicket).
			about("Title, priority, assignee and team are the conversation's too and change there as well. "+ticketNames),
		put("/tickets/{id}/status", "tickets:write", "syncTicketStatus", "Report a ticket's status", s.syncTicketStatus).
			about("For outside systems: what is older than the last change of the status changes nothing, and applied is false. closed closes the "+
				"conversation, processing opens a closed one again. A step that a ticket cannot take is 409 and names those that it can. "+ticketNames),
		list("/tickets/{id}/history", "tickets:read", "listTicketHistory", "List a ticket's changes", s.listTicketHistory).
			about("The oldest first, one line for each member that changed."),
		act("/tickets/{id}/duplicates", "tickets:write", "linkTicketDuplicate", "Say that a ticket repeats another one", s.linkTicketDuplicate),
		del("/tickets/{id}/duplicates", "tickets:write", "unlinkTicketDuplicate", "Say that a ticket repeats no other one", s.unlinkTicketDuplicate),
	)
}

const ticketNames = "The id in the address is the ticket's id, its number, or your own ticket_id unless that is a number."

// againOK describes that the operation answers 200 when what is asked for is there already.
func (o operation) againOK() operation {
	o.document = func(op *huma.Operation) {
		made := op.Responses[strconv.Itoa(o.status)]
		if made == nil {
			return
		}
		again := *made
		again.Description = "It was there already."
		op.Responses[strconv.Itoa(http.StatusOK)] = &again
	}
	return o
}

type ticketList struct {
	Paging

	Status         kefu.TicketStatus `query:"status" doc:"Only those with this status."`
	Priority       kefu.Priority     `query:"priority" doc:"Only those with this priority."`
	Category       string            `query:"category" maxLength:"100" doc:"Only those of this category."`
	AssigneeID     string            `query:"assignee_id" maxLength:"200" doc:"Only this agent's; none is those that nobody has."`
	TeamID         string            `query:"team_id" maxLength:"200" doc:"Only this team's; none is those of no team."`
	InboxID        string            `query:"inbox_id" maxLength:"200" doc:"Only those of this inbox."`
	ContactID      string            `query:"contact_id" maxLength:"200" doc:"Only this contact's."`
	ConversationID string            `query:"conversation_id" maxLength:"200" doc:"Only the one of this conversation."`
	ExternalID     string            `query:"external_id" maxLength:"200" doc:"Only those with this external id; several outside systems may use the same one."`
	Number         int64             `query:"number" minimum:"1" doc:"Only the one with this number."`
	UpdatedSince   time.Time         `query:"updated_since" doc:"Only those of which anything changed then or later."`
	DueBefore      time.Time         `query:"due_before" doc:"Only those that are due before then."`
	Q              string            `query:"q" maxLength:"200" doc:"Only those with this in the title or the given description, or as number or external id."`
}

type ticketCreate struct{ Body switchboard.NewTicket }

type ticketUpdate struct {
	ByID

	Body switchboard.TicketChange
}

type ticketSync struct {
	ByID

	Body switchboard.TicketSync
}

type ticketHistory struct {
	ByID
	Paging
}

type ticketDuplicate struct {
	ByID

	Body switchboard.DuplicateLink
}

func (s *server) listTickets(ctx context.Context, in *ticketList) (switchboard.List[switchboard.WorkTicket], error) {
	return s.Board.Tickets(ctx, caller(ctx), switchboard.TicketFilter{Status: in.Status, Priority: in.Priority, Category: in.Category,
		Assignee: in.AssigneeID, Team: in.TeamID, Inbox: kefu.InboxID(in.InboxID), Contact: kefu.ContactID(in.ContactID),
		ConversationID: kefu.ConversationID(in.ConversationID), ExternalID: in.ExternalID, Number: in.Number, UpdatedSince: in.UpdatedSince,
		DueBefore: in.DueBefore, Text: in.Q}, in.page())
}

func (s *server) openTicket(ctx context.Context, in *ticketCreate) (switchboard.MadeTicket, error) {
	return s.Board.CreateTicket(ctx, ask(ctx), in.Body)
}

func (s *server) getTicket(ctx context.Context, in *ByID) (switchboard.WorkTicket, error) {
	return s.Board.Ticket(ctx, caller(ctx), in.ID)
}

func (s *server) updateTicket(ctx context.Context, in *ticketUpdate) (switchboard.WorkTicket, error) {
	return s.Board.UpdateTicket(ctx, ask(ctx), in.ID, in.Body)
}

func (s *server) syncTicketStatus(ctx context.Context, in *ticketSync) (switchboard.TicketSynced, error) {
	return s.Board.SyncTicket(ctx, ask(ctx), in.ID, in.Body)
}

func (s *server) listTicketHistory(ctx context.Context, in *ticketHistory) (switchboard.List[switchboard.TicketStep], error) {
	return s.Board.TicketHistory(ctx, caller(ctx), in.ID, in.page())
}

func (s *server) linkTicketDuplicate(ctx context.Context, in *ticketDuplicate) (switchboard.WorkTicket, error) {
	return s.Board.LinkDuplicate(ctx, ask(ctx), in.ID, in.Body)
}

func (s *server) unlinkTicketDuplicate(ctx context.Context, in *ByID) error {
	return s.Board.UnlinkDuplicate(ctx, ask(ctx), in.ID)
}
