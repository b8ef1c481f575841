package e2e

import (
	"errors"
	"slices"
	"strings"
	"sync"

	"kefu/internal/fake/chatwoot"
)

// wootDesk is a conversation in an inbox of Chatwoot's API channel.
type wootDesk struct {
	h    *hub
	mark string
	mu   sync.Mutex
	id   int64
	own  []int64 // messages that were written there
}

func newWootDesk(h *hub, mark string) deskEnd { return &wootDesk{h: h, mark: mark} }

// talk finds the conversation by what was said there.
func (d *wootDesk) talk() int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.id != 0 {
		return d.id
	}
	for _, v := range d.h.woot.Talks() {
		if v.Inbox == chatwoot.APIInbox && slices.ContainsFunc(v.Messages, func(m chatwoot.Said) bool { return strings.Contains(unescaped(m.Content), d.mark) }) {
			d.id = v.ID
		}
	}
	return d.id
}

func (d *wootDesk) There() bool { return d.talk() != 0 }

// wrote notes what staff wrote there.
func (d *wootDesk) wrote(id int64, err error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.own = append(d.own, id)
	return err
}

func (d *wootDesk) Write(text string) error {
	return d.wrote(d.h.woot.Say(d.talk(), chatwoot.Agent, text))
}

func (d *wootDesk) Send(p picture) error {
	return d.wrote(d.h.woot.Say(d.talk(), chatwoot.Agent, "", chatwoot.File{Name: p.name, Body: p.data}))
}

func (d *wootDesk) Note(text string) error {
	return d.wrote(d.h.woot.Note(d.talk(), chatwoot.Agent, text))
}

func (d *wootDesk) Saw() [][]piece {
	v, _ := d.h.woot.Talk(d.talk())
	d.mu.Lock()
	defer d.mu.Unlock()
	var list []piece
	for _, m := range v.Messages {
		if !slices.Contains(d.own, m.ID) {
			list = append(list, inChatwoot(m))
		}
	}
	return [][]piece{list}
}

func (d *wootDesk) Claim() error {
	return d.h.woot.Assign(d.talk(), chatwoot.Agent, chatwoot.Agent)
}

// TakeOver assigns the conversation to the agent, once Chatwoot shows that they have it no more, and returns when Kefu knows.
func (d *wootDesk) TakeOver() error {
	free := wait(d.h.ctx, func() bool {
		v, _ := d.h.woot.Talk(d.talk())
		return v.Assignee != chatwoot.Agent
	})
	if !free {
		return errors.New("Chatwoot still shows that the agent has it")
	}
	talk := d.h.talkOf(d.mark)
	before := d.h.heard.assignee(talk)
	if err := d.h.woot.Assign(d.talk(), chatwoot.Agent, chatwoot.Agent); err != nil {
		return err
	}
	known := wait(d.h.ctx, func() bool { now := d.h.heard.assignee(talk); return now != "" && now != before })
	if !known {
		return errors.New("Kefu does not know that the agent has it")
	}
	return nil
}

func (d *wootDesk) Close() error { return d.h.woot.Resolve(d.talk(), chatwoot.Agent) }

func (d *wootDesk) Reopen() error { return d.h.woot.Reopen(d.talk(), chatwoot.Agent) }

func (d *wootDesk) ShowsClosed() bool {
	v, _ := d.h.woot.Talk(d.talk())
	return v.Status == "resolved"
}
