package twilio

import (
	"context"
	"slices"
	"strconv"

	"kefu/internal/connector"
	api "kefu/internal/twilio"
)

// fewMessages is how many messages are read first where nothing but something written was told of.
const fewMessages = 10

// few reads the last messages, newest first, where hooks told of nothing but something written. enough is false when they do not reach back
// to the cursor: then all that is to be read is read as ever.
func (c *Connector) few(ctx context.Context, t connector.Thread, conversation string, cursor int) (list []api.Message, enough bool, err error) {
	if !t.Written || cursor < 0 {
		return nil, false, nil
	}
	list, err = c.api.LastMessages(ctx, conversation, fewMessages)
	return list, len(list) > 0 && list[len(list)-1].Index <= cursor, err
}

// lookWritten reads what staff wrote and nothing else, where hooks told of nothing else and those who wrote were there when all of it was
// read last. read is false where that does not do.
func (c *Connector) lookWritten(ctx context.Context, t connector.Thread, emit connector.Emit) (read bool, err error) {
	there, known := c.seats.get(t.ExternalID)
	cursor := placeIn(t.Cursor)
	if !t.Written || t.LinkID == "" || !known || cursor < 0 {
		return false, nil
	}
	r := room{thread: t, people: there, emit: emit}
	if r.about, err = c.noted(ctx, t); err != nil {
		return false, c.readFailure(err)
	}
	list, enough, err := c.few(ctx, t, t.ExternalID, cursor)
	if err != nil {
		return false, c.readFailure(err)
	}
	if !enough {
		return false, nil
	}
	fresh, _ := parted(list, cursor)
	fresh = slices.DeleteFunc(fresh, func(m api.Message) bool { return !r.staff(m) })
	stranger := func(m api.Message) bool {
		return !slices.ContainsFunc(there, func(p person) bool { return p.identity == m.Author })
	}
	if len(fresh) == 0 || slices.ContainsFunc(fresh, stranger) {
		return false, nil
	}
	for _, m := range fresh {
		if err := c.emitStaff(ctx, r, m); err != nil {
			return false, err
		}
	}
	return true, nil
}

// placeIn is the index that a desk's cursor names, -1 for none.
func placeIn(cursor string) int {
	n, err := strconv.Atoi(cursor)
	if err != nil {
		return -1
	}
	return n
}

// parted gives what came after an index and what came before, oldest first, of a list that has the newest first.
func parted(list []api.Message, last int) (fresh, earlier []api.Message) {
	for _, m := range slices.Backward(list) {
		if m.Index > last {
			fresh = append(fresh, m)
		} else {
			earlier = append(earlier, m)
		}
	}
	return fresh, earlier
}
