package store

import (
	"kefu"
	"kefu/internal/sqldb"
)

// Way is what became of a message on its way to one link.
type Way struct {
	ID        kefu.DeliveryID
	MessageID kefu.MessageID
	Target    kefu.InboxID
	Role      kefu.LinkRole
	State     kefu.DeliveryState
	Reason    string
	Attempts  int
}

// Ways lists what became of messages, each on all its ways, the customer's first.
func (tx *Tx) Ways(ids ...kefu.MessageID) (map[kefu.MessageID][]Way, error) {
	all := make(map[kefu.MessageID][]Way, len(ids))
	if len(ids) == 0 {
		return all, nil
	}
	places, args := anyOf(ids)
	found, err := sqldb.Many(tx.Tx, func(s sqldb.Scanner) (w Way, err error) {
		err = s.Scan(&w.ID, &w.MessageID, &w.Target, &w.Role, &w.State, &w.Reason, &w.Attempts)
		return w, err
	}, numbered(`SELECT d.id, d.message_id, d.inbox_id, l.role, d.state, d.reason, d.attempts FROM delivery d JOIN link l ON l.id = d.link_id
WHERE d.message_id IN (`+places+`) AND d.message_id <> '' AND d.kind = 'message' ORDER BY d.message_id, l.slot, d.id`), args...)
	for _, w := range found {
		all[w.MessageID] = append(all[w.MessageID], w)
	}
	return all, err
}

// anyOf gives the places of an IN list and its values. Lists are filled up to a few lengths, so that there are few texts: the same value
// again changes nothing.
func anyOf[T ~string](ids []T) (places string, args []any) {
	size := 1
	for size < len(ids) {
		size *= 4
	}
	args = make([]any, size)
	b := make([]byte, 0, 3*size)
	for i := range args {
		args[i] = ids[min(i, len(ids)-1)]
		if i > 0 {
			b = append(b, ',', ' ')
		}
		b = append(b, '?')
	}
	return string(b), args
}
