package e2e

import (
	"slices"
	"strconv"
	"time"

	"kefu/client"
)

// driveTickets has an outside system bring a case, work on it, and follow it to its end.
func (r *rig) driveTickets(c *client.Client) {
	due := time.Date(2030, 1, 31, 10, 0, 0, 0, time.UTC)
	in := client.NewTicket{TicketID: "T-1001", Title: "尺寸不合", Description: "藍色的太小了", Priority: "high", Category: "returns", DueAt: due,
		Contact: &client.NewPerson{Name: "王小明", ExternalID: "C-1001"}, CustomFields: map[string]any{"order": "A-1001"}}
	ticket := must[*client.Ticket](r)(c.Tickets.Create(r.ctx, in))
	if ticket.Existing || ticket.ETag == "" || ticket.Status != "pending" || ticket.DueAt == nil || !ticket.DueAt.Equal(due) || ticket.CustomFields["order"] != "A-1001" {
		r.t.Errorf("made %+v", ticket)
	}
	if again := must[*client.Ticket](r)(c.Tickets.Create(r.ctx, in)); !again.Existing || again.ID != ticket.ID {
		r.t.Errorf("made again it is %+v", again)
	}
	if said := texts(r.messages(c, ticket.ConversationID)); !slices.Equal(said, []string{"藍色的太小了"}) {
		r.t.Errorf("its conversation says %q", said)
	}
	for _, name := range []string{ticket.ID, strconv.FormatInt(ticket.Number, 10), "T-1001"} {
		if got := must[*client.Ticket](r)(c.Tickets.Get(r.ctx, name)); got.ID != ticket.ID || got.ETag != ticket.ETag {
			r.t.Errorf("%s is %+v", name, got)
		}
	}
	_, err := c.Tickets.Get(r.ctx, "T-none")
	r.want("a ticket that is none", client.IsNotFound, err)
	r.workOn(c, ticket)
	r.follow(c, ticket)
	r.repeat(c, ticket)
}

// workOn changes a ticket and finds it by what it is then.
func (r *rig) workOn(c *client.Client, ticket *client.Ticket) {
	r.t.Helper()
	eve, _ := r.staff(c, "eve", "supervisor")
	changed := must[*client.Ticket](r)(c.Tickets.Update(r.ctx, ticket.ID, client.TicketChange{Category: client.Set("exchange"), AssigneeID: client.Set(eve.ID),
		DueAt: client.Null[time.Time](), CustomFields: client.Null[map[string]any]()}, client.IfMatch(ticket.ETag)))
	if changed.AssigneeID == nil || *changed.AssigneeID != eve.ID || changed.DueAt != nil || len(changed.CustomFields) != 0 || changed.Title != ticket.Title {
		r.t.Errorf("changed is %+v", changed)
	}
	if conv := must[*client.Conversation](r)(c.Conversations.Get(r.ctx, ticket.ConversationID)); conv.AssigneeID == nil || *conv.AssigneeID != eve.ID {
		r.t.Errorf("its conversation is %+v", conv)
	}
	_, err := c.Tickets.Update(r.ctx, ticket.ID, client.TicketChange{Title: client.Set("x")}, client.IfMatch(ticket.ETag))
	r.want("a lost race", client.IsChanged, err)
	for name, f := range map[string]client.TicketFilter{
		"status": {Status: "pending", Priority: "high", Category: "exchange"}, "people": {AssigneeID: eve.ID, TeamID: "none", ContactID: ticket.ContactID},
		"place": {InboxID: "api", ConversationID: ticket.ConversationID}, "names": {ExternalID: "T-1001", Number: ticket.Number},
		"words": {Query: "尺寸", UpdatedSince: ticket.CreatedAt},
	} {
		list := must[[]client.Ticket](r)(client.Collect(c.Tickets.List(r.ctx, f), 0))
		if len(list) != 1 || list[0].ID != ticket.ID {
			r.t.Errorf("by %s there are %+v", name, list)
		}
	}
	if list := must[[]client.Ticket](r)(client.Collect(c.Tickets.List(r.ctx, client.TicketFilter{ExternalID: "T-1001", DueBefore: time.Now()}), 0)); len(list) != 0 {
		r.t.Errorf("due are %+v", list)
	}
}

// follow reports what happens elsewhere, some of it too late.
func (r *rig) follow(c *client.Client, ticket *client.Ticket) {
	r.t.Helper()
	began := must[*client.TicketSynced](r)(c.Tickets.SyncStatus(r.ctx, "T-1001", client.TicketSync{TicketID: "T-1001", Status: "processing", Handler: "倉庫"}))
	if !began.Applied || began.HandlerKnown || began.Handler != "倉庫" || began.Ticket.Status != "processing" || began.Ticket.Handler != "倉庫" {
		r.t.Errorf("processing came to %+v", began)
	}
	late := must[*client.TicketSynced](r)(c.Tickets.SyncStatus(r.ctx, "T-1001", client.TicketSync{Status: "resolved", UpdateTime: ticket.CreatedAt.Add(-time.Hour)}))
	if late.Applied || late.Reason == "" || late.Ticket.Status != "processing" {
		r.t.Errorf("what is old came to %+v", late)
	}
	_, err := c.Tickets.SyncStatus(r.ctx, "T-1001", client.TicketSync{Status: "pending"})
	r.want("a step back", client.IsConflict, err)
	ended := must[*client.TicketSynced](r)(c.Tickets.SyncStatus(r.ctx, "T-1001", client.TicketSync{Status: "closed"}, client.IfMatch(late.Ticket.ETag)))
	if now := must[*client.Ticket](r)(c.Tickets.Get(r.ctx, ticket.ID)); now.Status != "closed" || now.ETag != ended.Ticket.ETag {
		r.t.Errorf("ended is %+v, and reads %+v", ended, now)
	}
	if conv := must[*client.Conversation](r)(c.Conversations.Get(r.ctx, ticket.ConversationID)); conv.Status != "closed" {
		r.t.Errorf("its conversation is %s", conv.Status)
	}
	var went []string
	for step, err := range c.Tickets.History(r.ctx, ticket.ID) {
		r.done(err)
		if step.Field == "status" && step.By.Type != "" && !step.At.IsZero() {
			went = append(went, step.From+" "+step.To)
		}
	}
	if !slices.Equal(went, []string{"pending processing", "processing closed"}) {
		r.t.Errorf("its status went %q", went)
	}
}

// repeat says that two tickets are one, and are not.
func (r *rig) repeat(c *client.Client, first *client.Ticket) {
	r.t.Helper()
	twin := must[*client.Ticket](r)(c.Tickets.Create(r.ctx, client.NewTicket{Title: "同一件事", ContactID: first.ContactID, Status: "processing"}))
	linked := must[*client.Ticket](r)(c.Tickets.LinkDuplicate(r.ctx, twin.ID, strconv.FormatInt(first.Number, 10)))
	if linked.DuplicateOf == nil || *linked.DuplicateOf != first.ID {
		r.t.Errorf("linked is %+v", linked)
	}
	if got := must[*client.Ticket](r)(c.Tickets.Get(r.ctx, first.ID)); !slices.Equal(got.Duplicates, []string{twin.ID}) {
		r.t.Errorf("the first has %v", got.Duplicates)
	}
	_, err := c.Tickets.LinkDuplicate(r.ctx, first.ID, twin.ID)
	r.want("a ring", client.IsConflict, err)
	r.done(c.Tickets.UnlinkDuplicate(r.ctx, twin.ID))
	if got := must[*client.Ticket](r)(c.Tickets.Get(r.ctx, twin.ID)); got.DuplicateOf != nil {
		r.t.Errorf("parted is %+v", got)
	}
}
