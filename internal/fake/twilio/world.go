package twilio

import (
	"slices"
	"strconv"
	"time"
)

// world is the account's state.
type world struct {
	next          int
	conversations []*conversation
	interactions  []*interaction
	media         map[string]*medium
	stopped       map[[2]string]bool // theirs and ours: pairs of addresses whose phone has answered STOP
}

func newWorld() world { return world{media: map[string]*medium{}, stopped: map[[2]string]bool{}} }

// newSID makes an id that no other has.
func (w *world) newSID(kind string) string {
	w.next++
	return sid(kind, strconv.FormatInt(int64(w.next), 16))
}

// conversation is one conversation with all that hangs on it.
type conversation struct {
	sid, unique, friendly, attributes, messaging, state string
	created, updated                                    time.Time
	participants                                        []*participant
	messages                                            []*message
	hooks                                               []*scopedHook
	nextIndex                                           int
}

type participant struct {
	sid, identity, address, proxy, attributes string
	created                                   time.Time
}

type message struct {
	sid, author, body, attributes, participant, source string
	index                                              int
	media                                              *medium
	created, updated                                   time.Time
	receipts                                           []receipt
}

type scopedHook struct {
	sid, target, url, method, flow string
	filters                        []string
}

type interaction struct {
	sid, channel, conversation, kind, status string
	routing                                  string
}

type medium struct {
	sid, kind, name string
	content         []byte
	created         time.Time
}

// find gives a conversation by id or unique name, nil if there is none.
func (w *world) find(name string) *conversation {
	i := slices.IndexFunc(w.conversations, func(c *conversation) bool { return c.sid == name || (c.unique != "" && c.unique == name) })
	if i < 0 {
		return nil
	}
	return w.conversations[i]
}

// pick gives what has the id.
func pick[T any](list []*T, id string, idOf func(*T) string) (*T, bool) {
	i := slices.IndexFunc(list, func(x *T) bool { return idOf(x) == id })
	if i < 0 {
		return nil, false
	}
	return list[i], true
}

func (c *conversation) message(id string) (*message, bool) {
	return pick(c.messages, id, func(m *message) string { return m.sid })
}

func (c *conversation) closed() bool { return c.state == stateClosed }
