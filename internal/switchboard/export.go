package switchboard

import (
	"context"
	"time"

	"kefu"
	"kefu/internal/store"
)

// Export is everything that is known about a person.
type Export struct {
	Contact       Contact                `json:"contact" doc:"The person."`
	Merged        []Contact              `json:"merged" doc:"Contacts that became part of this one."`
	Identities    []Identity             `json:"identities" doc:"The ids by which inboxes know the person."`
	Conversations []ExportedConversation `json:"conversations" doc:"All conversations, oldest first."`
	ExportedAt    time.Time              `json:"exported_at" doc:"When this was read; all of it is of one moment."`
}

// ExportedConversation is a conversation with everything that was said in it.
type ExportedConversation struct {
	Conversation

	FullTicket WorkTicket `json:"full_ticket" doc:"The ticket with its description and custom fields."`
	Messages   []Message  `json:"messages" doc:"All messages, notes included, in their order. Files are links that do not end."`
}

// ExportContact gives everything about a person as one document. It is written into the audit log, and its answer is kept for nobody: a
// repetition reads anew.
func (b *Switchboard) ExportContact(ctx context.Context, ask kefu.Ask, id kefu.ContactID) (Export, error) {
	out, err := look(ctx, b, ask.Caller, func(tx *store.Tx, sight kefu.Sight) (Export, error) {
		k, err := tx.Contact(id)
		if err != nil {
			return Export{}, found(err, "contact")
		}
		if err := seen(tx, sight, k); err != nil {
			return Export{}, err
		}
		return b.export(tx, ask.Caller, k)
	})
	if err != nil {
		return Export{}, err
	}
	_, err = do(ctx, b, kefu.Ask{Caller: ask.Caller, Dry: ask.Dry}, func(c *change) (struct{}, error) {
		return struct{}{}, c.Audit(ask.Caller, "contact.exported", string(id), nil)
	})
	return out, err
}

func (b *Switchboard) export(tx *store.Tx, by kefu.Caller, k kefu.Contact) (Export, error) {
	out := Export{Contact: showContact(k), Merged: []Contact{}, Conversations: []ExportedConversation{}, ExportedAt: tx.Now}
	parts, err := tx.MergedInto(k.ID)
	for _, part := range parts {
		out.Merged = append(out.Merged, showContact(part))
	}
	if err != nil {
		return out, err
	}
	identities, err := tx.ContactIdentities(k.ID)
	if err != nil {
		return out, err
	}
	out.Identities = showIdentities(identities)
	convs, err := tx.ConversationsOf(k.ID)
	if err != nil {
		return out, err
	}
	for _, conv := range convs {
		ticket, err := tx.TicketOf(conv.ID)
		if err != nil {
			return out, err
		}
		full, err := shownTicket(tx, ticket)
		if err != nil {
			return out, err
		}
		messages, err := b.exportMessages(tx, by, conv.ID)
		if err != nil {
			return out, err
		}
		rated, err := tx.RatingsOf(conv.ID)
		if err != nil {
			return out, err
		}
		shown := b.showConversation(by, conv, ticket)
		shown.Rating = ratingOf(rated[conv.ID])
		out.Conversations = append(out.Conversations, ExportedConversation{shown, full, messages})
	}
	return out, nil
}

func (b *Switchboard) exportMessages(tx *store.Tx, by kefu.Caller, id kefu.ConversationID) ([]Message, error) {
	out := []Message{}
	for after := int64(0); ; {
		page, err := tx.Messages(id, after, messagesAtOnce)
		if err != nil {
			return nil, err
		}
		for _, m := range page {
			after = m.Seq
			if by.Kind != kefu.CallerContact || !m.Private {
				out = append(out, b.showMessage(by, m.Message, nil))
			}
		}
		if len(page) < messagesAtOnce {
			return out, nil
		}
	}
}
