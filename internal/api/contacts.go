package api

import (
	"context"
	"time"

	"kefu"
	"kefu/internal/switchboard"
)

func (s *server) contactRoutes() []operation {
	return under("Contacts",
		list("/contacts", "contacts:read", "listContacts", "List contacts", s.listContacts).
			about("Newest first; with updated_since in the order of their last change, oldest first, so that a program can follow. A search by q "+
				"looks at a bounded number of contacts for each page: a page may be empty and have a next one."),
		post("/contacts", "contacts:write", "createContact", "Create a contact", s.createContact).
			about("An external_id that is known is a conflict that names its contact."),
		get("/contacts/{id}", "contacts:read", "getContact", "Read a contact", s.getContact).
			about("One that was merged answers with merged_into."),
		put("/contacts/{id}", "contacts:write", "updateContact", "Change a contact", s.updateContact),
		act("/contacts/{id}/merge", "contacts:write", "mergeContacts", "Say that two contacts are one person", s.mergeContacts).
			about("Conversations and identities move to the contact that stays, and fill what it has not; the other one points to it. "+
				"The answer is the one that stays. It can be undone for 30 days."),
		act("/contacts/{id}/unmerge", "contacts:write", "unmergeContact", "Say that two contacts are two people after all", s.unmergeContact).
			about("Undoes a merge within 30 days: contact_id gets back the conversations, identities and members that the merge moved, as far as "+
				"they were not changed since. What came later stays, unless it came in by an identity that goes back. Where one became part of "+
				"another and that of a third, the last merge is undone first. The answer is the contact that stands for itself again."),
		act("/contacts/{id}/erase", "contacts:erase", "eraseContact", "Erase a person's data", s.eraseContact).
			about("Removes the personal data and every text and file of the person's conversations, for good. Conversations that are open are "+
				"closed. What desks show is removed there as far as they can. Again gives the same receipt."),
		act("/contacts/{id}/export", "contacts:export", "exportContact", "Export everything about a person", s.exportContact),
	)
}

type contactCreate struct{ Body switchboard.ContactChange }

type contactUpdate struct {
	ByID

	Body switchboard.ContactChange
}

type contactMerge struct {
	ByID

	Body switchboard.Merge
}

type contactUnmerge struct {
	ByID

	Body switchboard.Unmerge
}

type contactList struct {
	Paging

	Q            string    `query:"q" maxLength:"200" doc:"Part of a name, e-mail, phone or external_id."`
	Email        string    `query:"email" maxLength:"254" doc:"Only contacts with exactly this e-mail."`
	Phone        string    `query:"phone" maxLength:"50" doc:"Only contacts with exactly this phone."`
	ExternalID   string    `query:"external_id" maxLength:"200" doc:"Only the contact with this id of yours."`
	Inbox        string    `query:"inbox" maxLength:"200" doc:"Only contacts who are known in this inbox, or wrote by it."`
	Blocked      bool      `query:"blocked" doc:"true: only contacts who are blocked."`
	CreatedSince time.Time `query:"created_since" doc:"Only contacts made at this time or later."`
	UpdatedSince time.Time `query:"updated_since" doc:"Only contacts changed at this time or later; sorts by it."`
}

func (s *server) listContacts(ctx context.Context, in *contactList) (switchboard.List[switchboard.Contact], error) {
	return s.Board.Contacts(ctx, caller(ctx), switchboard.ContactQuery{Q: in.Q, Email: in.Email, Phone: in.Phone, ExternalID: in.ExternalID,
		Inbox: kefu.InboxID(in.Inbox), Blocked: in.Blocked, CreatedSince: in.CreatedSince, UpdatedSince: in.UpdatedSince}, in.page())
}

func (s *server) createContact(ctx context.Context, in *contactCreate) (switchboard.Contact, error) {
	return s.Board.CreateContact(ctx, ask(ctx), in.Body)
}

func (s *server) getContact(ctx context.Context, in *ByID) (switchboard.Contact, error) {
	return s.Board.Contact(ctx, caller(ctx), kefu.ContactID(in.ID))
}

func (s *server) updateContact(ctx context.Context, in *contactUpdate) (switchboard.Contact, error) {
	return s.Board.UpdateContact(ctx, ask(ctx), kefu.ContactID(in.ID), in.Body)
}

func (s *server) mergeContacts(ctx context.Context, in *contactMerge) (switchboard.Contact, error) {
	return s.Board.MergeContacts(ctx, ask(ctx), kefu.ContactID(in.ID), in.Body)
}

func (s *server) unmergeContact(ctx context.Context, in *contactUnmerge) (switchboard.Contact, error) {
	return s.Board.UnmergeContact(ctx, ask(ctx), kefu.ContactID(in.ID), in.Body)
}

func (s *server) eraseContact(ctx context.Context, in *ByID) (switchboard.Erasure, error) {
	return s.Board.EraseContact(ctx, ask(ctx), kefu.ContactID(in.ID))
}

func (s *server) exportContact(ctx context.Context, in *ByID) (switchboard.Export, error) {
	return s.Board.ExportContact(ctx, ask(ctx), kefu.ContactID(in.ID))
}
