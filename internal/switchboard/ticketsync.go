package switchboard

import (
	"context"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	"kefu"
)

// SyncTicket takes in a status that an outside system reports. One that is older than what is stored changes nothing and says so.
func (b *Switchboard) SyncTicket(ctx context.Context, ask kefu.Ask, name string, in TicketSync) (TicketSynced, error) {
	if err := forStaff(ask.Caller); err != nil {
		return TicketSynced{}, err
	}
	var f kefu.Faults
	p := TicketChange{Status: kefu.Some(in.Status), Handler: given(in.Handler)}.plan(&f)
	at := updateTime(&f, in.UpdateTime)
	if err := f.Err("the status cannot be taken"); err != nil {
		return TicketSynced{}, err
	}
	return do(ctx, b, ask, func(c *change) (TicketSynced, error) { return c.syncTicket(ask, name, in, p, at) })
}

func (c *change) syncTicket(ask kefu.Ask, name string, in TicketSync, p ticketPlan, at time.Time) (TicketSynced, error) {
	out := TicketSynced{Handler: in.Handler}
	t, conv, err := c.takeTicket(ask.Caller, name)
	if err != nil {
		return out, err
	}
	if out.Ticket, err = shownTicket(c.Tx, t); err == nil {
		err = ask.Match(out.Ticket)
	}
	if err == nil {
		err = meansTicket(t, in.TicketID)
	}
	if err != nil {
		return out, err
	}
	if older(at, t.StatusAt) {
		out.Reason = "update_time is older than what is stored, which is of " + t.StatusAt.UTC().Format(time.RFC3339)
		return out, nil
	}
	if out.HandlerKnown, err = c.assignByName(&p); err != nil {
		return out, err
	}
	if out.Applied, err = c.amendTicket(ask.Caller.Author(), t, conv, p); err != nil {
		return out, err
	}
	if !out.Applied {
		out.Reason = "the ticket is " + string(t.Status) + " already"
	} else if err := c.Audit(ask.Caller, "ticket.updated", string(t.ID), map[string]string{"status": string(in.Status)}); err != nil {
		return out, err
	}
	if !at.IsZero() {
		if err := c.SetTicketStatusAt(t.ID, earlier(at, c.Now)); err != nil {
			return out, err
		}
	}
	out.Ticket, err = freshTicket(c.Tx, t.ID)
	return out, err
}

// meansTicket refuses a body that is about another ticket than the address.
func meansTicket(t kefu.Ticket, name string) error {
	if name == "" || name == string(t.ID) || name == t.ExternalID || name == strconv.FormatInt(t.Number, 10) {
		return nil
	}
	var f kefu.Faults
	f.Add("ticket_id", "is not the ticket of the address: leave it out, or send its id, number or external id")
	return f.Err("the status cannot be taken")
}

// older tells whether a report is of before the time that is stored. A report in whole seconds is compared by them.
func older(at, stored time.Time) bool {
	if at.IsZero() || stored.IsZero() {
		return false
	}
	if at.Nanosecond() == 0 {
		stored = stored.Truncate(time.Second)
	}
	return at.Before(stored)
}

// earlier keeps a clock that is ahead of ours from making every later report an old one.
func earlier(at, now time.Time) time.Time {
	if at.After(now) {
		return now
	}
	return at
}

// updateTime reads the time of a report; zero when there is none.
func updateTime(f *kefu.Faults, v any) time.Time {
	switch v := v.(type) {
	case nil:
		return time.Time{}
	case float64:
		if v > 0 && v < math.MaxInt32*8 {
			return time.UnixMicro(int64(v * 1e6)).UTC()
		}
	case json.Number:
		if n, err := v.Float64(); err == nil {
			return updateTime(f, n)
		}
	case string:
		text := strings.TrimSpace(v)
		if n, err := strconv.ParseFloat(text, 64); err == nil && text != "" {
			return updateTime(f, n)
		}
		for _, layout := range []string{time.RFC3339Nano, time.DateTime} {
			if at, err := time.Parse(layout, text); err == nil && at.Year() >= 1970 {
				return at.UTC().Truncate(time.Microsecond)
			}
		}
	}
	f.Add("update_time", "must be like 2023-10-26T12:00:00Z, 2023-10-26 12:00:00 or 1698321600")
	return time.Time{}
}
