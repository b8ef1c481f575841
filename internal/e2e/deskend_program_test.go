package e2e

import (
	"bytes"
	"encoding/json"
	"strings"

	"kefu/client"
)

// programDesk is an agent's own program, which uses the API and a WebSocket.
type programDesk struct {
	h    *hub
	mark string
}

func newProgramDesk(h *hub, mark string) deskEnd { return &programDesk{h: h, mark: mark} }

// talk finds the conversation by what it began with.
func (d *programDesk) talk() string { return d.h.talkOf(d.mark) }

func (d *programDesk) There() bool { return d.talk() != "" }

func (d *programDesk) send(m client.NewMessage) error {
	if m.ConversationID = d.talk(); m.ConversationID == "" {
		return errNoThread
	}
	_, err := d.h.asAgent.Messages.Send(d.h.ctx, m)
	return err
}

func (d *programDesk) Write(text string) error { return d.send(client.NewMessage{Content: text}) }

func (d *programDesk) Note(text string) error {
	return d.send(client.NewMessage{Content: text, Private: true})
}

func (d *programDesk) Send(p picture) error {
	a, err := d.h.asAgent.Attachments.Upload(d.h.ctx, p.name, bytes.NewReader(p.data))
	if err != nil {
		return err
	}
	return d.send(client.NewMessage{Attachments: []client.AttachmentRef{a.Ref()}})
}

func (d *programDesk) Saw() [][]piece {
	var list []piece
	id := d.talk()
	for _, e := range d.h.heard.all() {
		if m := e.Message; m != nil && m.ConversationID == id && m.Sender.ID != d.h.agent.ID {
			list = append(list, inEvent(*m))
		}
	}
	return [][]piece{list}
}

func (d *programDesk) Claim() error {
	_, err := d.h.asAgent.Conversations.Claim(d.h.ctx, d.talk(), "")
	return err
}

// TakeOver gives the talk to the agent, whoever has it.
func (d *programDesk) TakeOver() error {
	_, err := d.h.asAgent.Conversations.Transfer(d.h.ctx, d.talk(), client.Transfer{AgentID: d.h.agent.ID})
	return err
}

func (d *programDesk) Close() error { return d.h.asAgent.Conversations.End(d.h.ctx, d.talk()) }

func (d *programDesk) Reopen() error {
	_, err := d.h.asAgent.Conversations.Update(d.h.ctx, d.talk(), client.ConversationChange{Status: client.Set("open")})
	return err
}

func (d *programDesk) ShowsClosed() bool { return d.h.closed(d.talk()) }

// talkOf finds the conversation that a text is in; "" while there is none.
func (h *hub) talkOf(text string) string {
	for _, e := range h.heard.all() {
		if e.Message != nil && strings.Contains(e.Message.Content, text) {
			return e.ConversationID
		}
	}
	return ""
}

// closed tells whether a conversation has ended, by what an agent's line told of it.
func (h *hub) closed(conversation string) bool { return statusIn(h.heard, conversation) == "closed" }

// statusIn is the status that a line told last of a conversation.
func statusIn(l *listener, conversation string) string { return l.last(conversation).Status }

// assignee is who has a conversation, as a line told last.
func (l *listener) assignee(conversation string) string { return l.last(conversation).Agent }

// standing is what a line tells of a conversation.
type standing struct {
	Status string `json:"status"`
	Agent  string `json:"agent_id"`
}

func (l *listener) last(conversation string) (s standing) {
	for _, e := range l.all() {
		var told standing
		if e.ConversationID == conversation && strings.HasPrefix(e.Name, "conversation.") && json.Unmarshal(e.Data, &told) == nil && told.Status != "" {
			s = told
		}
	}
	return s
}
