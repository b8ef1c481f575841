package store

import "kefu"

// MessagePage says which messages of a conversation are wanted.
type MessagePage struct {
	After, Before int64 // places, not included; 0 is no bound
	Oldest        bool  // oldest first, else newest
	Public        bool  // without notes
	Limit         int
}

// MessagePage lists messages of a conversation.
func (tx *Tx) MessagePage(id kefu.ConversationID, p MessagePage) ([]Message, error) {
	q := newQuery(`SELECT ` + messageColumns + ` FROM message`)
	q.and(`conversation_id = ?`, id)
	q.andIf(p.After > 0, `seq > ?`, p.After)
	q.andIf(p.Before > 0, `seq < ?`, p.Before)
	q.andIf(p.Public, `NOT private`)
	q.order(map[bool]string{true: `seq`, false: `seq DESC`}[p.Oldest], p.Limit)
	return list(tx, q, scanMessage)
}
