package client

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"
)

const maxFrame = 64 << 10 // bytes

// Saying is what to say over a Stream.
type Saying struct {
	// ID makes it happen once, whatever is cut: the same ID again, also by another program with the same credential, is the same message.
	// Empty makes one.
	ID string `json:"-"`
	// To is a conversation or, for staff, a contact. A contact may leave it out, or name an agent whom they would like to talk to.
	To          string          `json:"to,omitempty"`
	Content     string          `json:"content,omitempty"`
	ContentType string          `json:"content_type,omitempty"`
	Private     bool            `json:"private,omitempty"`
	Attachments []AttachmentRef `json:"attachments,omitempty"`
	// SenderType is for programs: "bot" (without it), or "contact" to pass on what the contact wrote.
	SenderType string `json:"sender_type,omitempty"`
}

// Receipt says where a message was stored.
type Receipt struct {
	MessageID      string `json:"message_id"`
	ConversationID string `json:"conversation_id"`
	Seq            int64  `json:"seq"`
}

// Send says something and waits until it is stored. After a cut it is sent again with the same id, so that it is stored once. When ctx ends
// first, whether it was stored is not known; the same ID asks.
func (s *Stream) Send(ctx context.Context, m Saying) (*Receipt, error) {
	if m.ID == "" {
		m.ID = rand.Text()
	}
	l, err := newLetter(outFrame{Type: frameMessage, Action: "send", ID: m.ID, Data: m}, true)
	if err != nil {
		return nil, err
	}
	if err := s.out.add(l); err != nil {
		return nil, err
	}
	select {
	case reply := <-l.reply:
		if reply.err != nil {
			return nil, reply.err
		}
		var r Receipt
		if err := json.Unmarshal(reply.data, &r); err != nil {
			return nil, fmt.Errorf("kefu: the answer cannot be read: %w", err)
		}
		return &r, nil
	case <-ctx.Done():
		s.out.drop(l)
		return nil, ctx.Err()
	}
}

// Typing tells the others in a conversation that the caller is writing, or no longer. It is lost when the line is cut, which nobody misses.
func (s *Stream) Typing(conversationID string, active bool) error {
	action := map[bool]string{true: "start", false: "stop"}[active]
	return s.say(outFrame{Type: frameTyping, Action: action, Data: map[string]string{"conversation_id": conversationID}})
}

// MarkRead tells that everything up to seq was read. It is sent when the line stands; Conversations.MarkRead waits for an answer.
func (s *Stream) MarkRead(conversationID string, seq int64) error {
	return s.say(outFrame{Type: frameRead, Data: map[string]any{"conversation_id": conversationID, "seq": seq}})
}

// SetStatus says whether an agent can answer: online, away, busy or offline. It is said again after every cut, because it ends a minute
// after the agent's last connection.
func (s *Stream) SetStatus(status string) error {
	l, err := newLetter(outFrame{Type: frameStatus, Action: "set", Data: map[string]string{"status": status}}, false)
	if err != nil {
		return err
	}
	s.out.always(l)
	return s.out.add(l)
}

func (s *Stream) say(f outFrame) error {
	l, err := newLetter(f, false)
	if err != nil {
		return err
	}
	return s.out.add(l)
}

// letter is a frame on its way.
type letter struct {
	id      string
	raw     []byte
	acked   bool // it is kept until the server answers it
	written bool // over the present connection
	fades   time.Time
	reply   chan reply
}

type reply struct {
	data json.RawMessage
	err  error
}

// fadesAfter is how long something that nobody waits for is kept for a line that is down.
const fadesAfter = 10 * time.Second

func newLetter(f outFrame, acked bool) (*letter, error) {
	raw, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("kefu: %w", err)
	}
	if len(raw) > maxFrame {
		return nil, errors.New("kefu: this is too long for one frame of 64 KiB: send it with Messages.Send")
	}
	l := &letter{id: f.ID, raw: raw, acked: acked, reply: make(chan reply, 1)}
	if f.Type == frameTyping {
		l.fades = time.Now().Add(fadesAfter)
	}
	return l, nil
}

// maxLetters bounds what waits for a line that is down.
const maxLetters = 1000

// outbox keeps letters in their order until they are answered, or written when they have no answer.
type outbox struct {
	mu      sync.Mutex
	letters []*letter
	status  *letter
	err     error
	filled  chan struct{}
}

func newOutbox() *outbox { return &outbox{filled: make(chan struct{}, 1)} }

func (o *outbox) add(l *letter) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil {
		return o.err
	}
	if len(o.letters) >= maxLetters {
		return errors.New("kefu: too much waits to be sent: is the line down?")
	}
	for _, other := range o.letters {
		if l.id != "" && other.id == l.id {
			return fmt.Errorf("kefu: something with the id %q is being sent already", l.id)
		}
	}
	o.letters = append(o.letters, l)
	o.wake()
	return nil
}

func (o *outbox) wake() {
	select {
	case o.filled <- struct{}{}:
	default:
	}
}

// always keeps a letter that is said first over each connection.
func (o *outbox) always(l *letter) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.status = l
}

func (o *outbox) drop(l *letter) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.remove(l)
}

func (o *outbox) remove(l *letter) {
	for i, other := range o.letters {
		if other == l {
			o.letters = append(o.letters[:i], o.letters[i+1:]...)
			return
		}
	}
}

// connected begins a connection: nothing has been written over it.
func (o *outbox) connected() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, l := range o.letters {
		l.written = false
	}
	if o.status != nil {
		o.remove(o.status)
		o.letters = append([]*letter{o.status}, o.letters...)
	}
}

// next is the first letter that is to be written, or nil.
func (o *outbox) next(now time.Time) *letter {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i := 0; i < len(o.letters); i++ {
		l := o.letters[i]
		switch {
		case !l.fades.IsZero() && now.After(l.fades):
			o.remove(l)
			i--
		case !l.written:
			l.written = true
			return l
		}
	}
	return nil
}

// sent forgets a letter without answer.
func (o *outbox) sent(l *letter) {
	if !l.acked {
		o.drop(l)
	}
}

// answer gives a letter its answer, and tells whether somebody waited for it.
func (o *outbox) answer(id string, r reply) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, l := range o.letters {
		if id != "" && l.id == id && l.acked {
			o.remove(l)
			l.reply <- r
			return true
		}
	}
	return false
}

// end answers everything with why the stream ended.
func (o *outbox) end(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.err = err
	for _, l := range o.letters {
		if l.acked {
			l.reply <- reply{err: err}
		}
	}
	o.letters = nil
}
