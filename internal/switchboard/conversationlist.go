package switchboard

import (
	"context"
	"time"
	"unicode/utf8"

	"kefu"
	"kefu/internal/store"
)

// Conversations lists the conversations that the caller may see and that pass the filter, the newest first.
func (b *Switchboard) Conversations(ctx context.Context, by kefu.Caller, f ConversationFilter, p Paging) (List[Conversation], error) {
	want, err := b.filter(f)
	if err != nil {
		return List[Conversation]{}, err
	}
	page, err := store.PageOf(p, true)
	if err != nil {
		return List[Conversation]{}, err
	}
	if by.Kind == kefu.CallerContact && (f.Label != "" || f.Team != "" || f.Priority != "") {
		return List[Conversation]{}, forStaff(by)
	}
	return look(ctx, b, by, func(tx *store.Tx, sight kefu.Sight) (List[Conversation], error) {
		rows, err := tx.Conversations(sight, want, page)
		if err != nil {
			return List[Conversation]{}, err
		}
		cut := store.CutPage(rows, p, func(c store.Conversation) store.Conversation { return c }, func(c store.Conversation) (time.Time, string) {
			if want.ByUpdate {
				return c.UpdatedAt, string(c.ID)
			}
			return c.CreatedAt, string(c.ID)
		})
		items, err := b.showAll(tx, by, cut.Items)
		return List[Conversation]{Items: items, NextCursor: cut.NextCursor}, err
	})
}

// none is the word for what nobody has.
const none = "none"

// filter checks a filter and names every fault.
func (b *Switchboard) filter(f ConversationFilter) (store.ConversationFilter, error) {
	var faults kefu.Faults
	if f.Status != "" && !f.Status.Valid() {
		faults.Add("status", statusWords)
	}
	if f.Priority != "" && !validPriority(f.Priority) {
		faults.Add("priority", priorityWords)
	}
	if f.Sort != "" && f.Sort != "created" && f.Sort != "updated" {
		faults.Add("sort", "must be created or updated")
	}
	if utf8.RuneCountInString(f.Text) > 200 {
		faults.Add("q", "must have at most 200 characters")
	}
	out := store.ConversationFilter{Status: f.Status, Inbox: f.Inbox, Label: f.Label, Priority: f.Priority, Contact: f.Contact, UpdatedSince: f.UpdatedSince,
		Text: f.Text, ByUpdate: f.Sort == "updated", Unassigned: f.Assignee == none, Teamless: f.Team == none}
	if !out.Unassigned {
		out.Assignee = kefu.AgentID(f.Assignee)
	}
	if !out.Teamless {
		out.Team = kefu.TeamID(f.Team)
	}
	if f.Channel != "" {
		out.Inboxes = []kefu.InboxID{}
		for id, in := range b.inboxes {
			if in.Channel == f.Channel {
				out.Inboxes = append(out.Inboxes, id)
			}
		}
	}
	return out, faults.Err("the list cannot be made")
}

const (
	statusWords   = "must be open, pending, snoozed or closed"
	priorityWords = "must be low, medium, high or urgent"
)

func validPriority(p kefu.Priority) bool {
	switch p {
	case kefu.PriorityLow, kefu.PriorityMedium, kefu.PriorityHigh, kefu.PriorityUrgent:
		return true
	}
	return false
}
