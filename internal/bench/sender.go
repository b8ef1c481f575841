package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// sender is one keep-alive connection that sends one hook after the other. It writes HTTP by hand: http.Client takes so much of two cores
// that the senders would be measured instead of the server.
type sender struct {
	host string
	conn net.Conn
	r    *bufio.Reader
	buf  []byte
}

func dialSender(ctx context.Context, host string) (*sender, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", host)
	if err != nil {
		return nil, err
	}
	return &sender{host: host, conn: conn, r: bufio.NewReader(conn)}, nil
}

func (s *sender) close() { _ = s.conn.Close() }

// hookLimit bounds one hook: WordPress gives up after five seconds.
const hookLimit = 5 * time.Second

// post sends one hook and reads the answer to its end.
func (s *sender) post(path string, body []byte) error {
	s.buf = fmt.Appendf(s.buf[:0], "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", path, s.host, len(body), body)
	if err := s.conn.SetDeadline(time.Now().Add(hookLimit)); err != nil {
		return err
	}
	if _, err := s.conn.Write(s.buf); err != nil {
		return err
	}
	res, err := http.ReadResponse(s.r, nil)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	said, err := io.ReadAll(io.LimitReader(res.Body, 1<<16))
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s was answered %d: %s", path, res.StatusCode, said)
	}
	return err
}

// hook is the body of a site's hook, as source 000 has it.
type hook struct {
	TicketID    int    `json:"ticket_id"`
	ChannelName string `json:"channel_name"`
	Sender      string `json:"sender"`
	Title       string `json:"ticket_title,omitempty"`
	First       string `json:"ticket_message,omitempty"`
	Message     string `json:"message,omitempty"`
}

// words make the message as long as customers' messages usually are.
const words = " 請問我的訂單什麼時候會出貨？之前說三天內，今天已經第五天了，麻煩幫我查一下，謝謝。"

func (s *sender) create(ticket int) error {
	return s.send("/ticket/create", ticket, func(h *hook, text string) { h.Title, h.First = fmt.Sprint("訂單 ", ticket), text })
}

func (s *sender) update(ticket int) error {
	return s.send("/ticket/update", ticket, func(h *hook, text string) { h.Message = text })
}

func (s *sender) send(path string, ticket int, fill func(*hook, string)) error {
	h := hook{TicketID: ticket, ChannelName: fmt.Sprint("ticket-", ticket), Sender: fmt.Sprintf("[顧客] 王小明 (customer%d@example.com)", ticket)}
	fill(&h, newStamp(ticket).String()+words)
	body, err := json.Marshal(h)
	if err != nil {
		return err
	}
	return s.post(path, body)
}
