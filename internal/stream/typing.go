package stream

import (
	"context"
	"time"

	"kefu"
	"kefu/internal/switchboard"
)

// typingRest is how often the same may be said of somebody who types.
const typingRest = 2 * time.Second

// typed is what was said last.
type typed struct {
	conversation kefu.ConversationID
	active       bool
	at           time.Time
}

// typingOut is the data of a typing frame of ours.
type typingOut struct {
	ConversationID kefu.ConversationID `json:"conversation_id"`
	From           string              `json:"from"`
	Sender         kefu.Author         `json:"sender"`
}

// showTyping shows that the caller types, here and on the other nodes. What was said a moment ago is not said again.
func (c *conn) showTyping(f frameIn) error {
	var data typingData
	if err := decode(f.Data, &data); err != nil {
		return err
	}
	if err := c.may("messages:write"); err != nil {
		return err
	}
	said := typed{data.ConversationID, f.Action == "start", c.hub.o.Now()}
	last := c.typing
	if last.conversation != said.conversation || last.active != said.active || said.at.Sub(last.at) >= typingRest {
		c.typing = said
		ctx, cancel := c.verb()
		defer cancel()
		t, err := c.hub.o.Board.Type(ctx, c.rights.Load().caller, said.conversation, said.active, c.hub.o.Node)
		if err != nil {
			return err
		}
		c.hub.showTyping(t)
	}
	c.ack(f, nil)
	return nil
}

// showTyping shows typing to the live connections of others who may see the conversation. It has no position and is not kept.
func (h *Hub) showTyping(t switchboard.Typing) {
	action := "stop"
	if t.Active {
		action = "start"
	}
	frame := frameOut{Type: typeTyping, Action: action, Data: typingOut{ConversationID: t.ConversationID, From: t.From.ID, Sender: t.From}}.encode()
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.conns {
		r := c.rights.Load()
		self := r.caller.Kind == t.Kind && r.caller.ID == t.From.ID
		if c.live && !self && r.caller.May("messages:read") && r.sight.Sees(t.Seen) && switchboard.Wanted(c.only, typeTyping+"."+action) {
			c.push(frame)
		}
	}
}

func (h *Hub) hearTyping(ctx context.Context) {
	if err := h.o.Board.HearTyping(ctx, h.o.Node, h.showTyping); err != nil && ctx.Err() == nil {
		h.o.Log.WarnContext(ctx, "typing on other nodes is not shown here", "error", err)
	}
}
