package switchboard

import (
	"context"

	"kefu"
	"kefu/internal/store"
)

// Message reads one message.
func (b *Switchboard) Message(ctx context.Context, by kefu.Caller, id kefu.MessageID) (Message, error) {
	return look(ctx, b, by, func(tx *store.Tx, sight kefu.Sight) (Message, error) {
		m, err := tx.Message(id)
		if err != nil {
			return Message{}, found(err, "message")
		}
		conv, err := tx.Conversation(m.ConversationID)
		if err == nil {
			err = within(sight, seenOf(conv))
		}
		if err != nil || m.Private && by.Kind == kefu.CallerContact {
			return Message{}, noMessage(found(err, "message"))
		}
		out, err := b.showMessages(tx, by, []store.Message{m})
		if err != nil {
			return Message{}, err
		}
		return out[0], nil
	})
}

// Messages lists a conversation's messages, the newest first unless the filter says otherwise. A contact sees no notes.
func (b *Switchboard) Messages(ctx context.Context, by kefu.Caller, id kefu.ConversationID, f MessageFilter, p Paging) (List[Message], error) {
	at, err := p.Place()
	if err != nil {
		return List[Message]{}, err
	}
	page := store.MessagePage{After: f.After, Before: f.Before, Oldest: f.OldestFirst, Public: by.Kind == kefu.CallerContact, Limit: p.Size() + 1}
	if at.Key > 0 && f.OldestFirst {
		page.After = max(page.After, at.Key)
	} else if at.Key > 0 && (page.Before == 0 || at.Key < page.Before) {
		page.Before = at.Key
	}
	return look(ctx, b, by, func(tx *store.Tx, sight kefu.Sight) (List[Message], error) {
		conv, err := tx.Conversation(id)
		if err != nil {
			return List[Message]{}, found(err, "conversation")
		}
		if err := within(sight, seenOf(conv)); err != nil {
			return List[Message]{}, err
		}
		rows, err := tx.MessagePage(id, page)
		if err != nil {
			return List[Message]{}, err
		}
		out := List[Message]{}
		if len(rows) > p.Size() {
			rows = rows[:p.Size()]
			out.NextCursor = place{Key: rows[len(rows)-1].Seq}.Cursor()
		}
		out.Items, err = b.showMessages(tx, by, rows)
		return out, err
	})
}

// showMessages adds what became of them.
func (b *Switchboard) showMessages(tx *store.Tx, by kefu.Caller, rows []store.Message) ([]Message, error) {
	out := make([]Message, 0, len(rows))
	var ways map[kefu.MessageID][]store.Way
	if by.Kind != kefu.CallerContact {
		ids := make([]kefu.MessageID, 0, len(rows))
		for _, m := range rows {
			ids = append(ids, m.ID)
		}
		var err error
		if ways, err = tx.Ways(ids...); err != nil {
			return nil, err
		}
	}
	for _, m := range rows {
		out = append(out, b.showMessage(by, m.Message, ways[m.ID]))
	}
	if by.Kind == kefu.CallerContact {
		return out, nil
	}
	return out, showAnswers(tx, out)
}

// showAnswers adds what the bot's answers were based on. Where the bot has said nothing, nothing is read.
func showAnswers(tx *store.Tx, all []Message) error {
	var ids []kefu.MessageID
	for _, m := range all {
		if m.Sender.Kind == kefu.AuthorBot && m.Sender.ID == kefu.BotID {
			ids = append(ids, m.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	answers, err := tx.BotAnswers(ids...)
	for i, m := range all {
		if r, ok := answers[m.ID]; ok {
			all[i].Answer = showAnswer(r)
		}
	}
	return err
}
