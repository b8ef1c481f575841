package switchboard

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"strings"
	"time"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/store"
)

// feedBatch is how many events are read in one go, and mostLooked how many one answer looks at for the few that are wanted.
const (
	feedBatch  = 500
	mostLooked = 20 * feedBatch
)

// lookAnyway is how often a long-poll looks without having been told to.
const lookAnyway = 5 * time.Second

// Feed reads placed events after a position, for those who judge by Visible themselves.
func (b *Switchboard) Feed(ctx context.Context, since int64, limit int) (FeedPage, error) {
	page := FeedPage{To: since}
	err := b.store.View(ctx, func(tx *store.Tx) (err error) {
		page = FeedPage{To: since}
		if page.First, page.Last, err = tx.Positions(); err != nil {
			return err
		}
		if since >= page.Last {
			return nil
		}
		rows, err := tx.Feed(since, limit)
		if err != nil {
			return err
		}
		served := map[string][]kefu.ContactID{}
		for _, r := range rows {
			e := judged(r)
			b.linkFiles(&e)
			if e.Type == "agent.status_changed" {
				if _, asked := served[e.Subject]; !asked {
					if served[e.Subject], err = tx.ServedBy(kefu.AgentID(e.Subject)); err != nil {
						return err
					}
				}
				e.Served = served[e.Subject]
			}
			page.Events, page.To = append(page.Events, e), r.Pos
		}
		return nil
	})
	return page, err
}

// judged reads from an event's data what decides who may see it.
func judged(r store.Feed) FeedEvent {
	e := FeedEvent{Event: r.Event, Seen: r.Seen, Known: r.ConversationID != ""}
	var in struct {
		Private bool   `json:"private"`
		Role    string `json:"role"`
		UserID  string `json:"user_id"`
		AgentID string `json:"agent_id"`
	}
	switch kind, _, _ := strings.Cut(r.Type, "."); kind {
	case "message":
		e.Private = true // what cannot be read is shown to no contact
		if json.Unmarshal(r.Data, &in) == nil {
			e.Private = in.Private
		}
	case "user", "agent":
		if json.Unmarshal(r.Data, &in) == nil {
			e.Role, e.Subject = in.Role, in.UserID+in.AgentID
		}
	}
	return e
}

// linkFiles gives the files of a message links that are good now. Nearly no event has any.
func (b *Switchboard) linkFiles(e *FeedEvent) {
	if !bytes.Contains(e.Data, []byte(`"sha256":`)) || !strings.HasPrefix(e.Type, "message.") {
		return
	}
	var data messageData
	if json.Unmarshal(e.Data, &data) != nil {
		return
	}
	for i, a := range data.Attachments {
		if a.SHA256 != "" {
			link := b.vault.ShortLink(kefu.Attachment{Name: a.Name, Type: a.Type, Size: a.Size, SHA256: a.SHA256})
			data.Attachments[i].URL, data.Attachments[i].SHA256 = cmp.Or(link, a.URL), ""
		}
	}
	if raw, err := json.Marshal(data); err == nil {
		e.Data = raw
	}
}

// SightOf resolves what a caller may see now.
func (b *Switchboard) SightOf(ctx context.Context, by kefu.Caller) (kefu.Sight, error) {
	return look(ctx, b, by, func(_ *store.Tx, sight kefu.Sight) (kefu.Sight, error) { return sight, nil })
}

// PruneEvents forgets the oldest events that happened before a time, at most batch of them, and tells how many those were.
func (b *Switchboard) PruneEvents(ctx context.Context, before time.Time, batch int) (n int64, err error) {
	err = b.store.Update(ctx, func(tx *store.Tx) error {
		n, err = tx.PruneEvents(before, batch)
		return err
	})
	return n, err
}

// Events reads events that the caller may see; it waits for the first one as long as asked.
func (b *Switchboard) Events(ctx context.Context, by kefu.Caller, q EventQuery) (EventPage, error) {
	if err := q.check(); err != nil {
		return EventPage{}, err
	}
	told, cancel := b.bus.Subscribe(bus.Placed)
	defer cancel()
	over := time.NewTimer(min(q.Wait, MaxWait))
	defer over.Stop()
	again := time.NewTicker(lookAnyway)
	defer again.Stop()
	for {
		page, err := b.eventsNow(ctx, by, q)
		if err != nil || len(page.Items) > 0 || page.Gap != nil || q.Wait <= 0 {
			return page, err
		}
		q.Since = page.Position
		select {
		case <-told:
		case <-again.C:
		case <-over.C:
			return page, nil
		case <-q.Stop:
			return page, nil
		case <-ctx.Done():
			return page, ctx.Err()
		}
	}
}

func (q EventQuery) check() error {
	var f kefu.Faults
	if len(q.Types) > 50 {
		f.Add("types", "may be at most 50")
	}
	for _, t := range q.Types {
		if t == "" || len(t) > 100 {
			f.Add("types", "each must look like message.received, message.* or *")
			break
		}
	}
	if q.Wait > MaxWait || q.Wait < 0 {
		f.Add("wait", "must be from 0 to %d seconds", int(MaxWait.Seconds()))
	}
	return f.Err("the events cannot be read")
}

// eventsNow looks once, and does not look for ever: who may see little gets the position that was reached.
func (b *Switchboard) eventsNow(ctx context.Context, by kefu.Caller, q EventQuery) (EventPage, error) {
	out := EventPage{Items: []Event{}, Position: q.Since}
	limit := Paging{Limit: q.Limit}.Size()
	sight, err := b.SightOf(ctx, by)
	if err != nil {
		return out, err
	}
	if q.Since < 0 {
		page, err := b.Feed(ctx, 1<<62, 0)
		out.Position = page.Last
		return out, err
	}
	for looked := 0; looked < mostLooked; looked += feedBatch {
		page, err := b.Feed(ctx, out.Position, feedBatch)
		if err != nil {
			return out, err
		}
		if looked == 0 && q.Since+1 < page.First {
			out.Gap = &Gap{From: q.Since + 1, To: page.First - 1}
		}
		out.Position = max(page.To, min(page.First-1, page.Last))
		for _, e := range page.Events {
			if shown, ok := Visible(by, sight, e); ok && Wanted(q.Types, e.Type) {
				out.Items = append(out.Items, shown)
				if len(out.Items) == limit {
					out.Position = e.Pos
					return out, nil
				}
			}
		}
		if len(page.Events) < feedBatch {
			break
		}
	}
	return out, nil
}

// Wanted tells whether an event's type is among the wanted ones: "message.received", "message.*", "*"; none is all.
func Wanted(types []string, event string) bool {
	for _, t := range types {
		if t == event || t == "*" {
			return true
		}
		if kind, all := strings.CutSuffix(t, ".*"); all && strings.HasPrefix(event, kind+".") {
			return true
		}
	}
	return len(types) == 0
}
