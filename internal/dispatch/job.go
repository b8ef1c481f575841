package dispatch

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/store"
	"kefu/internal/switchboard"
)

// historyLimit bounds what is posted into a thread that is made again: the newest messages.
const historyLimit = 200

// job is one claimed delivery with all that sending it needs.
type job struct {
	store.Delivery
	lane *lane

	link     store.Link
	subject  string
	status   kefu.Status // of the conversation
	ticket   kefu.Ticket
	first    string // "#12", of the ticket that this one says the same as; for a board
	customer kefu.Contact
	message  kefu.Message
	err      error // something of what is above cannot be read
	hasParts bool
	parts    []connector.Part
	fate     store.Fate
	hasFate  bool
	marked   string // external id of the message that a mark is for
	// asked and has are of a standing: the difference that is carried, and what the thread has then.
	asked   switchboard.StandingPayload
	has     connector.Standing
	copying bool // the marked message is still on its way to the thread that is to show the mark
}

// loadAll reads what sending the jobs needs, in the transaction that claims them. A job of which something is missing has it noted in err.
func loadAll(tx *store.Tx, jobs []*job) error {
	ids := make([]kefu.DeliveryID, 0, len(jobs))
	for _, j := range jobs {
		ids = append(ids, j.ID)
	}
	found, err := tx.Outgoing(ids)
	if err != nil {
		return err
	}
	byID := make(map[kefu.DeliveryID]store.Outgoing, len(found))
	for _, o := range found {
		byID[o.ID] = o
	}
	for _, j := range jobs {
		o, ok := byID[j.ID]
		j.err = o.Err
		if !ok || o.Message.ID != j.MessageID {
			j.err = cmp.Or(o.Err, fmt.Errorf("delivery %s: what it is about is not stored", j.ID))
		}
		j.link, j.ticket, j.customer, j.message, j.subject, j.status, j.hasParts = o.Link, o.Ticket, o.Customer, o.Message, o.Subject, o.Status, o.HasParts
	}
	return nil
}

// load reads the rest: what only marks, boards and deliveries of which a part has arrived need.
func (j *job) load(ctx context.Context, s *store.Store) error {
	switch {
	case j.err != nil:
		return j.err
	case j.Kind == kefu.DeliverMark:
		return s.View(ctx, j.loadMark)
	case j.link.Role == kefu.RoleBoard:
		return s.View(ctx, j.loadBoard)
	case j.hasParts:
		return s.View(ctx, func(tx *store.Tx) error { return j.loadParts(tx, j.ID) })
	}
	return nil
}

func (j *job) loadParts(tx *store.Tx, id kefu.DeliveryID) error {
	rows, err := tx.Parts(id)
	j.parts = make([]connector.Part, 0, len(rows))
	for _, p := range rows {
		j.parts = append(j.parts, connector.Part{N: p.N, ExternalID: p.ExternalID, Fingerprint: p.Fingerprint})
	}
	return err
}

// loadMark finds what became of the marked message, and under which id the desk's thread shows it.
func (j *job) loadMark(tx *store.Tx) (err error) {
	if j.fate, j.hasFate, err = tx.FateOf(j.MessageID); err != nil {
		return err
	}
	if j.message.SourceLinkID == j.LinkID {
		j.marked = j.message.ExternalID
		return nil
	}
	shown, err := tx.Delivery(switchboard.DeliveryID(j.MessageID, j.link.Slot))
	if err != nil {
		return err
	}
	j.copying = !shown.State.Final()
	if err := j.loadParts(tx, shown.ID); err != nil {
		return err
	}
	if len(j.parts) > 0 {
		j.marked = j.parts[0].ExternalID
	}
	return nil
}

func (j *job) thread() connector.Thread {
	t := switchboard.ThreadOf(j.link)
	t.TicketNumber, t.Closed = j.ticket.Number, j.status == kefu.StatusClosed
	return t
}

// history is what a thread that is made again must show: everything before the first message that is still to be sent to it.
func (j *job) history(ctx context.Context, s *store.Store) ([]kefu.Message, error) {
	var messages []kefu.Message
	err := s.View(ctx, func(tx *store.Tx) error {
		first, err := tx.FirstPendingSeq(j.Line)
		if err != nil {
			return err
		}
		rows, err := tx.MessagesBefore(j.ConversationID, first, historyLimit)
		messages = make([]kefu.Message, 0, len(rows))
		for _, m := range rows {
			messages = append(messages, m.Message)
		}
		return err
	})
	slices.Reverse(messages)
	return messages, err
}

// result is the end of one attempt.
type result struct {
	job     *job
	finish  store.Finish
	attempt kefu.Attempt
	parts   []connector.Part
	cursor  string
	// goneThread is the thread that turned out not to exist.
	goneThread string
	// notTried says that nothing was sent: there is no attempt to record.
	notTried    bool
	inboxFailed bool
	pause       time.Duration
	err         error
	counted     bool // settled with its lane
}

func (j *job) String() string { return fmt.Sprintf("%s %s to %s", j.Kind, j.ID, j.InboxID) }
