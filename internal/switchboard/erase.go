package switchboard

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"kefu"
	"kefu/internal/store"
)

// Erasure is the receipt of an erasure.
type Erasure struct {
	ContactID     kefu.ContactID `json:"contact_id" doc:"The contact; the id stays, so that figures stay right."`
	ErasedAt      time.Time      `json:"erased_at" doc:"When it was done."`
	Conversations int64          `json:"conversations" doc:"Conversations whose texts were removed."`
	Messages      int64          `json:"messages" doc:"Messages whose text and files were removed."`
	Files         int64          `json:"files" doc:"Files that were given up; one that somebody else's message has too stays for that message."`
	Identities    int64          `json:"identities" doc:"Ids in inboxes that were forgotten."`
	Events        int64          `json:"events" doc:"Kept events whose words were removed."`
}

// contactErasedData is the data of contact.erased.
type contactErasedData struct {
	ContactID kefu.ContactID `json:"contact_id"`
	ErasedAt  time.Time      `json:"erased_at"`
}

// EraseContact removes a person's data and all that was said in the person's conversations: rows, ids, places and times stay. Desks are
// told to remove what they show. Again gives the same receipt.
func (b *Switchboard) EraseContact(ctx context.Context, ask kefu.Ask, id kefu.ContactID) (Erasure, error) {
	out, err := do(ctx, b, ask, func(c *change) (Erasure, error) {
		k, err := c.lockContact(ask.Caller, id)
		if err != nil {
			return Erasure{}, err
		}
		if !k.ErasedAt.IsZero() {
			return c.receipt(k)
		}
		if err := standing(k); err != nil {
			return Erasure{}, err
		}
		e := &erasing{change: c, by: ask.Caller, receipt: Erasure{ContactID: id, ErasedAt: c.Now}, files: map[string]bool{}}
		if err := e.contact(k); err != nil {
			return Erasure{}, err
		}
		err = e.finish(id)
		return e.receipt, err
	})
	if err == nil {
		if err := b.DropFiles(ctx); err != nil {
			b.log.ErrorContext(ctx, "files of an erased contact could not be removed yet", "contact_id", id, "error", err)
		}
	}
	return out, err
}

// receipt reads the receipt of an earlier erasure from the audit log.
func (c *change) receipt(k kefu.Contact) (Erasure, error) {
	out := Erasure{ContactID: k.ID, ErasedAt: k.ErasedAt}
	lines, err := c.Tx.AuditLog(store.AuditFilter{Target: string(k.ID), Action: "contact.erased", Limit: 1})
	if err != nil || len(lines) == 0 {
		return out, err
	}
	return out, json.Unmarshal(lines[0].Detail, &out)
}

// erasing is one erasure as it goes on.
type erasing struct {
	*change

	by      kefu.Caller
	receipt Erasure
	ids     []string // of contacts and conversations: what a kept answer is known by
	convs   []kefu.ConversationID
	files   map[string]bool
}

func (e *erasing) contact(k kefu.Contact) error {
	parts, err := e.MergedInto(k.ID)
	if err != nil {
		return err
	}
	convs, err := e.ConversationsOf(k.ID)
	if err != nil {
		return err
	}
	for _, conv := range convs {
		if err := e.conversation(conv.ID); err != nil {
			return err
		}
	}
	for _, part := range append(parts, k) {
		if err := e.person(part); err != nil {
			return err
		}
	}
	return nil
}

// person empties one contact's row and forgets where the person is known.
func (e *erasing) person(k kefu.Contact) error {
	n, err := e.ForgetContact(k.ID)
	if err != nil {
		return err
	}
	if err := e.DropMerges(k.ID); err != nil {
		return err
	}
	if _, err := e.RevokeSessions(store.SessionContact, string(k.ID), "", "the contact was erased"); err != nil {
		return err
	}
	e.receipt.Identities += n
	e.ids = append(e.ids, string(k.ID))
	return e.saveContact(kefu.Contact{ID: k.ID, MergedInto: k.MergedInto, ErasedAt: e.Now})
}

// conversation empties a conversation, has desks remove what they show of it, closes it, and lets go of the customer's thread, so that
// nothing is read from there again.
func (e *erasing) conversation(id kefu.ConversationID) error {
	conv, err := e.LockConversation(id)
	if err != nil {
		return err
	}
	links, err := e.Links(id)
	if err != nil {
		return err
	}
	if err := e.messages(id, links); err != nil {
		return err
	}
	closedBy := conv.ClosedBy
	if kefu.CloserOf(closedBy) == "" {
		closedBy = ""
	}
	files, err := e.BlankConversation(id, links, closedBy)
	if err != nil {
		return err
	}
	e.left(files)
	conv.Subject, conv.ClosedBy = "", closedBy
	if err := e.end(conv, links); err != nil {
		return err
	}
	if err := e.BlankRatings(id); err != nil {
		return err
	}
	t, err := e.TicketOf(id)
	if err == nil && t.ID != "" {
		err = e.onBoard(t) // it shows what is left, which is nothing
	}
	if err != nil {
		return err
	}
	e.receipt.Conversations++
	e.convs, e.ids = append(e.convs, id), append(e.ids, string(id))
	return nil
}

func (e *erasing) end(conv store.Conversation, links []store.Link) error {
	if conv.Status != kefu.StatusClosed {
		how := closing{by: kefu.System(), id: newMessageID(), fromCustomer: true, unrated: true}
		if err := e.close(conv, store.Link{}, how); err != nil {
			return err
		}
	}
	for _, l := range links {
		if l.Role == kefu.RoleCustomer {
			if err := e.RetireLink(l.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// messagesAtOnce is how many messages are read at once.
const messagesAtOnce = 200

func (e *erasing) messages(id kefu.ConversationID, links []store.Link) error {
	for after := int64(0); ; {
		page, err := e.Messages(id, after, messagesAtOnce)
		if err != nil {
			return err
		}
		for _, m := range page {
			after = m.Seq
			if err := e.message(m, links); err != nil {
				return err
			}
		}
		if len(page) < messagesAtOnce {
			return nil
		}
	}
}

func (e *erasing) message(m store.Message, links []store.Link) error {
	files, err := e.BlankMessage(m)
	if err != nil {
		return err
	}
	e.left(files)
	e.receipt.Messages++
	if m.Content.Type == kefu.ContentEvent {
		for _, l := range links {
			if err := e.BlankStatus(DeliveryID(m.ID, l.Slot)); err != nil {
				return err
			}
		}
		return nil
	}
	if m.Meta.Deleted {
		return nil
	}
	m.Content = kefu.Content{Type: m.Content.Type}
	m.Meta = kefu.Meta{Deleted: true}
	if m.Author.Kind == kefu.AuthorContact {
		m.Author.Name = ""
	}
	return e.carryChange(m.SourceLinkID, m.Message, true, e.by.Author())
}

func (e *erasing) left(files []string) {
	for _, sha := range files {
		e.files[sha] = true
	}
}

// finish takes the words out of what is kept beside the tables, and says what was done.
func (e *erasing) finish(id kefu.ContactID) (err error) {
	if e.receipt.Events, err = e.RewriteEvents(id, e.convs, scrubEvent); err != nil {
		return err
	}
	if err := e.RewriteAnswers(e.b.box, e.scrubAnswer); err != nil {
		return err
	}
	for sha := range e.files {
		if err := e.LeaveFile(sha); err != nil {
			return err
		}
	}
	e.receipt.Files = int64(len(e.files))
	if err := e.RightsChanged(string(id)); err != nil {
		return err
	}
	if err := e.contactEvent("user.updated", kefu.Contact{ID: id}, e.by.Author()); err != nil {
		return err
	}
	if err := e.event("contact.erased", "", e.by.Author(), contactErasedData{id, e.Now}); err != nil {
		return err
	}
	return e.Audit(e.by, "contact.erased", string(id), e.receipt)
}

func (e *erasing) scrubAnswer(answer string) (string, bool, error) {
	if !slices.ContainsFunc(e.ids, func(id string) bool { return strings.Contains(answer, id) }) {
		return answer, false, nil
	}
	out, err := scrub(answer)
	return out, err == nil, err
}

func scrubEvent(actor, data string) (string, string, error) {
	var by kefu.Author
	if err := json.Unmarshal([]byte(actor), &by); err != nil {
		return "", "", err
	}
	if by.Kind == kefu.AuthorContact {
		by.Name = ""
	}
	raw, err := json.Marshal(by)
	if err != nil {
		return "", "", err
	}
	data, err = scrub(data)
	return string(raw), data, err
}

// DropFiles removes files from the vault that erased messages have left and nothing else refers to. It may be called at any time; what an
// earlier call could not finish is finished by a later one.
func (b *Switchboard) DropFiles(ctx context.Context) error {
	for {
		var drop, keep []string
		err := b.store.View(ctx, func(tx *store.Tx) error {
			drop, keep = nil, nil
			left, err := tx.LeftFiles(100)
			for _, sha := range left {
				used, useErr := tx.FileInUse(sha)
				if err = cmp.Or(err, useErr); used {
					keep = append(keep, sha)
				} else {
					drop = append(drop, sha)
				}
			}
			return err
		})
		if err != nil || len(drop)+len(keep) == 0 {
			return err
		}
		for _, sha := range drop {
			if err := b.vault.Delete(sha); err != nil {
				return err
			}
		}
		err = b.update(ctx, func(c *change) error {
			for _, sha := range slices.Concat(drop, keep) {
				if err := c.ForgetFile(sha); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
}
