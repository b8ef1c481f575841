package stream

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"kefu"
	"kefu/internal/switchboard"
)

// send says something, as the caller.
func (c *conn) send(f frameIn) error {
	var data sendData
	return c.carry(f, &data, "messages:write", func(ctx context.Context, caller kefu.Caller) (any, error) {
		in, err := data.message(caller)
		if err != nil {
			return nil, err
		}
		m, err := c.hub.o.Board.Send(ctx, once(caller, f, data), in)
		return ackData{MessageID: m.ID, ConversationID: m.ConversationID, Seq: m.Seq}, err
	})
}

// carry has a verb carried out for the caller as they are now, with the frame's data and if they have the scope ("" needs none), and acks it
// when the verb has committed.
func (c *conn) carry(f frameIn, data any, scope string, verb func(context.Context, kefu.Caller) (answer any, err error)) error {
	if err := decode(f.Data, data); err != nil {
		return err
	}
	if scope != "" {
		if err := c.may(scope); err != nil {
			return err
		}
	}
	ctx, cancel := c.verb()
	defer cancel()
	caller, err := c.now(ctx)
	if err != nil {
		return err
	}
	answer, err := verb(ctx, caller)
	if err != nil {
		return err
	}
	c.ack(f, answer)
	return nil
}

// message reads from and to by the rules of the contract.
func (d sendData) message(by kefu.Caller) (switchboard.NewMessage, error) {
	in := switchboard.NewMessage{ConversationID: kefu.ConversationID(d.ConversationID), Content: d.Content, ContentType: d.ContentType, Private: d.Private,
		SenderType: d.SenderType}
	for _, a := range d.Attachments {
		in.Attachments = append(in.Attachments, switchboard.AttachmentRef{ID: a.ID, URL: a.URL, Name: a.Name})
	}
	if d.Answer != nil {
		in.Answer = &switchboard.NewAnswer{MessageID: d.Answer.MessageID, Values: d.Answer.Values}
	}
	var f kefu.Faults
	if d.From != "" && d.From != by.ID {
		f.Add("from", "must be you (%s), or be left out", by.ID)
	}
	contact := by.Kind == kefu.CallerContact
	switch kind, _, _ := strings.Cut(d.To, "_"); {
	case d.To == "" && (contact || in.ConversationID != "" || in.Answer != nil):
	case d.To == "":
		f.Add("to", "is needed: a conversation or a contact")
	case kind == "cnv" && (in.ConversationID == "" || string(in.ConversationID) == d.To):
		in.ConversationID = kefu.ConversationID(d.To)
	case kind == "agt" && contact:
		in.PreferAgent = kefu.AgentID(d.To)
	case kind == "con" && !contact && in.ConversationID == "":
		in.ContactID = kefu.ContactID(d.To)
	case contact:
		f.Add("to", "must be a conversation or an agent, or be left out")
	default:
		f.Add("to", "must be a conversation or a contact")
	}
	return in, f.Err("the message cannot be sent")
}

// once makes an ask of a frame: its id has it happen once. The client's clock is no part of what is said.
func once(by kefu.Caller, f frameIn, data any) kefu.Ask {
	ask := kefu.Ask{Caller: by}
	if f.ID == "" {
		return ask
	}
	if d, ok := data.(sendData); ok {
		d.Timestamp = ""
		data = d
	}
	raw, err := json.Marshal(data)
	if err != nil {
		return ask // a struct of strings and numbers is always written
	}
	sum := sha256.Sum256(append([]byte(f.Type+"\n"+f.Action+"\n"), raw...))
	ask.Key, ask.Fingerprint = "ws:"+f.ID, hex.EncodeToString(sum[:])
	return ask
}

func (c *conn) markRead(f frameIn) error {
	var data readData
	return c.carry(f, &data, "conversations:read", func(ctx context.Context, caller kefu.Caller) (any, error) {
		_, err := c.hub.o.Board.Read(ctx, kefu.Ask{Caller: caller}, data.ConversationID, data.Seq)
		return nil, err
	})
}

func (c *conn) setStatus(f frameIn) error {
	var data statusData
	return c.carry(f, &data, "", func(ctx context.Context, caller kefu.Caller) (any, error) {
		_, err := c.hub.o.Board.SetOwnStatus(ctx, kefu.Ask{Caller: caller}, data.Status)
		return nil, err
	})
}
