package wordpress

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"kefu"
	"kefu/internal/connector"
)

// ticketHistory is a ticket as ticket/get tells it, read leniently.
type ticketHistory struct {
	title, status, name string
	messages            []historyMessage // oldest first
}

type historyMessage struct {
	id, sender, text, image string
	at                      time.Time // zero when it is not told
}

// Snapshot reads the whole ticket. It is Gone when the site does not have it.
func (c *Connector) Snapshot(ctx context.Context, t connector.Thread) (connector.Snapshot, error) {
	h, err := c.history(ctx, t.ExternalID)
	if r := refusalOf(err); r != nil && unknownTicket(r) {
		return connector.Snapshot{}, &connector.SendError{Class: connector.Gone, Scope: connector.ScopeThread, Reason: "the site does not have this ticket", Err: err}
	}
	if err != nil {
		return connector.Snapshot{}, err
	}
	snap := connector.Snapshot{Title: h.title, Status: statusOf(h.status), Name: h.name}
	if snap.Status == "" {
		snap.StatusWord = h.status
	}
	if snap.Name == "" {
		snap.Name = c.channelName(ctx, t.ExternalID)
	}
	for i, m := range h.messages {
		if in, ok := c.inboundOf(m); ok {
			in.ThreadID, in.ThreadName = t.ExternalID, snap.Name
			if i == 0 && in.Sender.Kind == kefu.AuthorContact {
				in.Kind, in.Title = connector.InOpen, h.title
			}
			snap.Messages = append(snap.Messages, in)
		}
	}
	return snap, nil
}

// inboundOf gives a message of the history as a hook would have brought it; false for one that holds nothing.
func (c *Connector) inboundOf(m historyMessage) (connector.Inbound, bool) {
	in := connector.Inbound{Kind: connector.InMessage, ExternalID: m.id, Sender: parseSender(m.sender), Recovered: true, OccurredAt: m.at}
	if in.OccurredAt.IsZero() {
		in.OccurredAt = c.deps.Now()
	}
	text, picture, notes := usable(m.text, m.image)
	in.Content, in.Notes = content(text, picture), notes
	c.fingerprint(&in)
	return in, !in.Content.Empty()
}

// usable takes what a hook would refuse: the site has stored it, and nobody can be asked to send it again.
func usable(text, image string) (string, []kefu.Attachment, []string) {
	var notes []string
	text, changed := kefu.CleanText(text)
	if changed {
		notes = append(notes, "characters that cannot be stored were removed")
	}
	if len(text) > kefu.MaxText {
		text = strings.ToValidUTF8(text[:kefu.MaxText], "")
		notes = append(notes, "the text was too long and is cut")
	}
	picture, dropped := pictureOf(image)
	if dropped != "" {
		notes = append(notes, dropped)
		if strings.TrimSpace(text) == "" {
			text = "[" + dropped + "]"
		}
	}
	return text, picture, notes
}

// channelName asks for the name alone; a site that cannot tell leaves the stored one in use.
func (c *Connector) channelName(ctx context.Context, ticket string) string {
	a, err := c.get(ctx, routeChannelName, ticket, maxAnswer)
	if err != nil {
		return ""
	}
	var name string
	if json.Unmarshal(a.body, &name) != nil {
		var o object
		_ = json.Unmarshal(a.body, &o) // a nil object has no members
		name = o.text("channel_name")
	}
	name, _ = kefu.CleanText(name)
	return name
}

// history asks ticket/get.
func (c *Connector) history(ctx context.Context, ticket string) (ticketHistory, error) {
	a, err := c.get(ctx, routeGet, ticket, maxHistory)
	if err != nil {
		return ticketHistory{}, err
	}
	h, err := c.parseHistory(a.body)
	if err != nil {
		return h, &connector.SendError{Class: connector.Retryable, Scope: connector.ScopeThread, Reason: "the site's ticket cannot be read", Err: err}
	}
	return h, nil
}

var errNoHistory = errors.New("the answer is neither a ticket nor a list of messages")

// parseHistory reads the ticket, or a bare list of messages, also inside "ticket" or "data" as plugins wrap their answers.
func (c *Connector) parseHistory(raw []byte) (ticketHistory, error) {
	var list []object
	if json.Unmarshal(raw, &list) == nil && list != nil {
		return ticketHistory{messages: c.messages(list)}, nil
	}
	var o object
	if err := json.Unmarshal(raw, &o); err != nil || o == nil {
		return ticketHistory{}, errors.Join(errNoHistory, err)
	}
	for _, wrapper := range []string{"ticket", "data"} {
		if inner := o[wrapper]; len(inner) > 0 && len(o["messages"]) == 0 && (inner[0] == '{' || inner[0] == '[') {
			return c.parseHistory(inner)
		}
	}
	if len(o["messages"]) == 0 && scalar(o["ticket_id"]) == "" {
		return ticketHistory{}, errNoHistory
	}
	_ = json.Unmarshal(o["messages"], &list) // no list of messages is none: PHP writes {} or null for an empty one
	return ticketHistory{title: o.text("title"), status: o.text("status"), name: o.text("channel_name"), messages: c.messages(list)}, nil
}

func (c *Connector) messages(list []object) []historyMessage {
	messages := make([]historyMessage, 0, len(list))
	for _, o := range list {
		if o == nil {
			continue
		}
		messages = append(messages, historyMessage{
			id: scalar(o["id"]), sender: o.text("sender"), text: o.text("message"), image: o.text("image_url"), at: parseTime(o["created_at"], c.set.zone),
		})
	}
	oldestFirst(messages)
	return messages
}

// oldestFirst goes by the ids when all are numbers, else by the times when all are told, else by the site's own order.
func oldestFirst(messages []historyMessage) {
	switch {
	case !slices.ContainsFunc(messages, func(m historyMessage) bool { _, ok := ticketNumber(m.id); return !ok }):
		slices.SortStableFunc(messages, func(a, b historyMessage) int {
			x, _ := ticketNumber(a.id)
			y, _ := ticketNumber(b.id)
			return int(min(max(x-y, -1), 1))
		})
	case !slices.ContainsFunc(messages, func(m historyMessage) bool { return m.at.IsZero() }):
		slices.SortStableFunc(messages, func(a, b historyMessage) int { return a.at.Compare(b.at) })
	}
}

// object is a JSON object whose types cannot be relied on.
type object map[string]json.RawMessage

// text gives a text member; "" for anything else.
func (o object) text(name string) string {
	var s string
	_ = json.Unmarshal(o[name], &s) // what is no text stays ""
	s, _ = kefu.CleanText(s)
	return s
}

func parseTime(raw json.RawMessage, zone *time.Location) time.Time {
	text := scalar(raw)
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil && seconds > 0 && seconds < 1<<36 {
		return time.Unix(seconds, 0).UTC()
	}
	for _, layout := range []string{time.RFC3339, time.DateTime, "2006-01-02T15:04:05", "2006-01-02 15:04"} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil && t.Year() > 1 {
			return t.UTC()
		}
	}
	return time.Time{}
}

// statusOf reads the site's word; one that is not known says nothing.
func statusOf(word string) kefu.Status {
	switch strings.ToLower(strings.TrimSpace(word)) {
	case "closed", "close", "resolved", "已關閉", "已关闭":
		return kefu.StatusClosed
	case "open", "opened", "pending", "processing", "new", "replied", "answered":
		return kefu.StatusOpen
	}
	return ""
}
