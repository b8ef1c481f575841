package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"

	"github.com/coder/websocket"
)

// apiMedium are programs at the open API: one that serves customers, one that serves staff, or both. Each listens on one WebSocket.
type apiMedium struct {
	*crowd

	events  []string
	heard   *websocket.Conn
	ended   chan struct{}
	askers  map[string][]*asker // by way, one for each talk
	talksBy []string            // ids of conversations by talk, of customers
	turn    atomic.Int64        // whose key is next: each may ask ten times a second
}

func (m *apiMedium) start(_ context.Context, customers, staff bool) error {
	if customers {
		m.events = append(m.events, "message.sent")
	}
	if staff {
		m.events = append(m.events, "message.received")
	}
	m.askers = map[string][]*asker{wayIn: make([]*asker, m.talks), wayOut: make([]*asker, m.talks)}
	m.talksBy = make([]string, m.talks)
	if len(m.keys) == 0 {
		return errors.New("programs need keys")
	}
	return nil
}

// inboxes names the one that is always there.
func (m *apiMedium) inboxes() (list []map[string]any, customers, staff string) {
	return []map[string]any{{"id": onAPI, "channel": onAPI, "name": "API", "settings": map[string]any{}}}, onAPI, ""
}

// ready opens the WebSocket; the pong says that it hears.
func (m *apiMedium) ready(ctx context.Context) error {
	header := http.Header{"Authorization": {"Bearer " + m.keys[0]}}
	//nolint:bodyclose // the body belongs to the connection
	conn, _, err := websocket.Dial(ctx, "ws://"+m.kefu+"/ws", &websocket.DialOptions{HTTPHeader: header, CompressionMode: websocket.CompressionDisabled})
	if err != nil {
		return err
	}
	subscribe, err := json.Marshal(map[string]any{"type": "subscribe", "data": map[string]any{"events": m.events}})
	if err != nil {
		return err
	}
	for _, frame := range [][]byte{subscribe, []byte(`{"type":"ping"}`)} {
		if err := conn.Write(ctx, websocket.MessageText, frame); err != nil {
			return err
		}
	}
	for said := ""; said != "pong"; {
		f, _, err := readFrame(ctx, conn)
		if err != nil {
			return err
		}
		said = f.Type
	}
	m.heard, m.ended = conn, make(chan struct{})
	go m.hear(context.WithoutCancel(ctx))
	return nil
}

// frame is what of a frame is read.
type frame struct {
	Type string `json:"type"`
	Data struct {
		Conversation string `json:"conversation_id"`
		Content      string `json:"content"`
		Sender       struct {
			Type string `json:"type"`
		} `json:"sender"`
	} `json:"data"`
}

func readFrame(ctx context.Context, conn *websocket.Conn) (f frame, raw []byte, err error) {
	if _, raw, err = conn.Read(ctx); err == nil {
		err = json.Unmarshal(raw, &f)
	}
	return f, raw, err
}

func (m *apiMedium) hear(ctx context.Context) {
	defer close(m.ended)
	for {
		f, raw, err := readFrame(ctx, m.heard)
		if err != nil {
			return // the connection was closed: whoever waits for a message misses it
		}
		if f.Type == "error" {
			m.fail(fmt.Errorf("a socket was told %s", raw))
		}
		s, ok := findStamp([]byte(f.Data.Content))
		switch {
		case !ok:
		case f.Data.Sender.Type == "contact":
			m.seen(s, f.Data.Conversation, wayIn)
		default:
			m.seen(s, "", wayOut)
		}
	}
}

func (m *apiMedium) open(ctx context.Context, talk int, text string) error {
	var c struct {
		ID string `json:"id"`
	}
	h := house{near: &child{host: m.kefu}}
	err := h.post(ctx, "/api/v1/conversations", m.key(), map[string]any{"subject": fmt.Sprint("訂單 ", talk), "content": text,
		"contact": map[string]any{"name": "王小明", "external_id": fmt.Sprint("bench-", talk)}}, &c)
	m.talksBy[talk] = c.ID
	return err
}

func (m *apiMedium) ask(ctx context.Context, talk int, text string) error {
	return m.post(ctx, wayIn, talk, map[string]any{"conversation_id": m.talksBy[talk], "content": text, "sender_type": "contact"})
}

func (m *apiMedium) reply(ctx context.Context, talk int, text string) error {
	return m.post(ctx, wayOut, talk, map[string]any{"conversation_id": m.streets.at(talk), "content": text})
}

func (m *apiMedium) key() string { return m.keys[int(m.turn.Add(1))%len(m.keys)] }

// post sends a message over a connection of the talk's own.
func (m *apiMedium) post(ctx context.Context, way string, talk int, message map[string]any) error {
	line := m.askers[way][talk]
	if line == nil {
		var err error
		if line, err = dialAsker(ctx, m.kefu); err != nil {
			return err
		}
		m.askers[way][talk] = line
	}
	body, err := json.Marshal(message)
	if err != nil {
		return err
	}
	_, err = line.ask(question{Method: http.MethodPost, Target: "/api/v1/messages", Body: string(body), Token: m.key()}, 0)
	return err
}

func (m *apiMedium) close() {
	if m.heard != nil {
		_ = m.heard.CloseNow()
		<-m.ended
	}
	for _, lines := range m.askers {
		for _, l := range lines {
			if l != nil {
				l.close()
			}
		}
	}
}
