package store

import (
	"slices"

	"kefu"
	"kefu/internal/sqldb"
)

const (
	sqlAddLabel    = `INSERT INTO conversation_label (conversation_id, label_id, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`
	sqlRemoveLabel = `DELETE FROM conversation_label WHERE conversation_id = $1 AND label_id = $2`
	sqlLabelIDsOf  = `SELECT label_id FROM conversation_label WHERE conversation_id = $1 ORDER BY label_id`
)

// LabelsOf reads the names of conversations' labels, sorted; a conversation without labels has none in the answer.
func (tx *Tx) LabelsOf(ids ...kefu.ConversationID) (map[kefu.ConversationID][]string, error) {
	all := make(map[kefu.ConversationID][]string, len(ids))
	if len(ids) == 0 {
		return all, nil
	}
	type row struct {
		id   kefu.ConversationID
		name string
	}
	places, args := anyOf(ids)
	found, err := sqldb.Many(tx.Tx, func(s sqldb.Scanner) (r row, err error) {
		err = s.Scan(&r.id, &r.name)
		return r, err
	}, numbered(`SELECT x.conversation_id, l.name FROM conversation_label x JOIN label l ON l.id = x.label_id WHERE x.conversation_id IN (`+places+`)`), args...)
	for _, r := range found {
		all[r.id] = append(all[r.id], r.name)
	}
	for _, names := range all {
		slices.Sort(names)
	}
	return all, err
}

// LabelIDs finds labels by their names; a name that no label has is not in the answer.
func (tx *Tx) LabelIDs(names []string) (map[string]kefu.LabelID, error) {
	all := make(map[string]kefu.LabelID, len(names))
	if len(names) == 0 {
		return all, nil
	}
	type row struct {
		name string
		id   kefu.LabelID
	}
	places, args := anyOf(names)
	found, err := sqldb.Many(tx.Tx, func(s sqldb.Scanner) (r row, err error) {
		err = s.Scan(&r.name, &r.id)
		return r, err
	}, numbered(`SELECT name, id FROM label WHERE name IN (`+places+`)`), args...)
	for _, r := range found {
		all[r.name] = r.id
	}
	return all, err
}

// SetLabels makes these the labels of a conversation.
func (tx *Tx) SetLabels(c Conversation, want []kefu.LabelID) error {
	have, err := sqldb.Many(tx.Tx, func(s sqldb.Scanner) (id kefu.LabelID, err error) {
		err = s.Scan(&id)
		return id, err
	}, sqlLabelIDsOf, c.ID)
	if err != nil {
		return err
	}
	b := tx.Batch()
	for _, id := range have {
		if !slices.Contains(want, id) {
			b.add(sqlRemoveLabel, c.ID, id)
		}
	}
	for _, id := range want {
		if !slices.Contains(have, id) {
			b.add(sqlAddLabel, c.ID, id, sqldb.Micros(c.CreatedAt))
		}
	}
	_, err = b.Run()
	return err
}
