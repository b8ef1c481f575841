package wordpress

import (
	"cmp"
	"context"
	"errors"
	"fmt"
)

// Who closes a ticket, in the site's words.
const (
	ByCustomer = "網站/客戶端"
	ByAdmin    = "網站/管理端"
	BySystem   = "系統自動關閉"
)

// DefaultSender is the customer of a ticket that names none.
const DefaultSender = "[顧客] DemoUser (demo@example.com)"

// Opening is what a customer fills in. Empty members get source 000's example values.
type Opening struct {
	ID          int64  // 0 = the next free one
	Title       string // default "關於訂單 #8806 商品運送問題"
	Text        string // default: the example's
	ChannelName string // default "#網站-客-0033" with the ticket's number
	Sender      string // default "[顧客 - 初始訊息] DemoUser (demo@example.com)"
	ImageURL    string
}

// Writing is a customer's message.
type Writing struct {
	Text     string
	Sender   string // default: DefaultSender
	ImageURL string
}

// HookResult is what became of a hook.
type HookResult struct {
	ID     string // webhook-id; "" when it was plain
	Status int    // 0: there was no answer
	Body   []byte // up to 64 KiB
	Err    error  // of the push: timeout, refused
	Lost   bool   // not pushed: dropped, held back or no hook address
}

// ErrNoTicket is the error of a ticket that the site does not have.
var ErrNoTicket = errors.New("the site has no such ticket")

// CustomerOpens stores a ticket in the site and pushes its create hook. It returns after the hook was answered, at most
// Options.HookTimeout later. The id is 0 when the site is full or has the ticket already.
func (s *Server) CustomerOpens(ctx context.Context, o Opening) (int64, HookResult) {
	var p *push
	var id int64
	var err error
	s.change(func() {
		if id, err = s.admit(o.ID); err != nil {
			return
		}
		t := s.open(id, o)
		p = s.createHook(t)
	})
	if err != nil {
		return 0, HookResult{Err: err}
	}
	return id, s.push(ctx, p)
}

// admit gives the id for a new ticket, with the lock held.
func (s *Server) admit(id int64) (int64, error) {
	if len(s.site.tickets) >= s.opt.MaxTickets {
		return 0, fmt.Errorf("the site is full: %d tickets", s.opt.MaxTickets)
	}
	if id == 0 {
		id = s.site.nextTicket
	}
	if _, taken := s.site.tickets[id]; taken {
		return 0, fmt.Errorf("the site has ticket %d already", id)
	}
	s.site.nextTicket = max(s.site.nextTicket, id+1)
	return id, nil
}

// open runs with the lock held.
func (s *Server) open(id int64, o Opening) *Ticket {
	t := &Ticket{
		ID: id, Title: cmp.Or(o.Title, "關於訂單 #8806 商品運送問題"), ChannelName: cmp.Or(o.ChannelName, fmt.Sprintf("#網站-客-%04d", id)),
		Sender: cmp.Or(o.Sender, "[顧客 - 初始訊息] DemoUser (demo@example.com)"), Status: "open", CreatedAt: s.opt.Now(),
	}
	s.site.tickets[id] = t
	s.add(t, Message{Sender: t.Sender, Text: cmp.Or(o.Text, "你好，我想請問我的訂單何時會出貨？謝謝。"), ImageURL: o.ImageURL})
	return t
}

// CustomerWrites stores a message and pushes its update hook.
func (s *Server) CustomerWrites(ctx context.Context, ticketID int64, text string) HookResult {
	return s.CustomerSends(ctx, ticketID, Writing{Text: text})
}

// CustomerSends is CustomerWrites with a sender and a picture.
func (s *Server) CustomerSends(ctx context.Context, ticketID int64, w Writing) HookResult {
	return s.act(ctx, ticketID, func(t *Ticket) *push {
		return s.updateHook(t, s.add(t, Message{Sender: cmp.Or(w.Sender, DefaultSender), Text: w.Text, ImageURL: w.ImageURL}))
	})
}

// CustomerCloses closes a ticket and pushes its close hook with force_close. By is one of the By constants.
func (s *Server) CustomerCloses(ctx context.Context, ticketID int64, by string) HookResult {
	return s.Closes(ctx, ticketID, by, true)
}

// Closes is CustomerCloses with a choice: without force the site only asks the desk to close.
func (s *Server) Closes(ctx context.Context, ticketID int64, by string, force bool) HookResult {
	return s.act(ctx, ticketID, func(t *Ticket) *push {
		if force {
			t.Status, t.ClosedBy = "closed", by
		}
		return s.hook("close", map[string]any{"ticket_id": t.ID, "channel_name": t.ChannelName, "force_close": force, "closed_by": by})
	})
}

func (s *Server) act(ctx context.Context, id int64, fn func(*Ticket) *push) HookResult {
	var p *push
	found, full := false, false
	s.change(func() {
		var t *Ticket
		if t, found = s.site.tickets[id]; !found {
			return
		}
		if full = len(t.Messages) >= s.opt.MaxMessages; !full {
			p = fn(t)
		}
	})
	switch {
	case !found:
		return HookResult{Err: fmt.Errorf("%w: %d", ErrNoTicket, id)}
	case full:
		return HookResult{Err: fmt.Errorf("ticket %d is full: %d messages", id, s.opt.MaxMessages)}
	}
	return s.push(ctx, p)
}
