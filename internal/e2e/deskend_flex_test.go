package e2e

import (
	"errors"
	"slices"
	"strings"
	"sync"

	"kefu/internal/fake/twilio"
)

// flexWorker is the agent of Flex who accepts the tasks.
const flexWorker = "mei"

// flexDesk is a talk in Twilio Flex: one conversation, or several, because an ended one is never opened again.
type flexDesk struct {
	h    *hub
	mark string
	mu   sync.Mutex
	own  []string // messages that were written there
}

func newFlexDesk(h *hub, mark string) deskEnd { return &flexDesk{h: h, mark: mark} }

// talks are the conversations in which the talk was, oldest first.
func (d *flexDesk) talks() (list []twilio.Conversation) {
	for _, v := range d.h.phones.Conversations() {
		customers := slices.ContainsFunc(v.Participants, func(p twilio.Participant) bool { return p.Address != "" })
		if !customers && slices.ContainsFunc(v.Messages, func(m twilio.Message) bool { return strings.Contains(unescaped(m.Body), d.mark) }) {
			list = append(list, v)
		}
	}
	return list
}

// talk is where it is now.
func (d *flexDesk) talk() string {
	for _, v := range slices.Backward(d.talks()) {
		return v.SID
	}
	return ""
}

func (d *flexDesk) There() bool { return len(d.talks()) > 0 }

// wrote notes what staff wrote there.
func (d *flexDesk) wrote(sid string, err error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.own = append(d.own, sid)
	return err
}

func (d *flexDesk) Write(text string) error {
	return d.wrote(d.h.phones.AgentSays(d.talk(), flexWorker, text))
}

func (d *flexDesk) Send(p picture) error {
	return d.wrote(d.h.phones.AgentSends(d.talk(), flexWorker, p.name, "image/png", p.data))
}

func (d *flexDesk) Note(string) error { return errors.ErrUnsupported }

func (d *flexDesk) Saw() (all [][]piece) {
	talks := d.talks()
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, v := range talks {
		var list []piece
		for _, m := range v.Messages {
			if !slices.Contains(d.own, m.SID) {
				list = append(list, inTwilio(m))
			}
		}
		all = append(all, list)
	}
	return all
}

func (d *flexDesk) Claim() error { return d.h.phones.AgentJoins(d.talk(), flexWorker) }

// TakeOver cannot be: in Flex a task is had or not, and who has it has it until they leave. The talk is given back instead.
func (d *flexDesk) TakeOver() error { return errors.ErrUnsupported }

func (d *flexDesk) Close() error { return d.h.phones.AgentCloses(d.talk()) }

func (d *flexDesk) Reopen() error { return errors.ErrUnsupported }

func (d *flexDesk) ShowsClosed() bool {
	for _, v := range slices.Backward(d.talks()) {
		return v.State == "closed"
	}
	return false
}
