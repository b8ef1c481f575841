package chatwoot

import (
	"context"
	"iter"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// ConversationQuery says which conversations are listed; empty members say nothing. Without a Status Chatwoot lists the open ones, with Words
// those of every status.
type ConversationQuery struct {
	Status   string // a Status, or "all"
	Assignee string // me, unassigned, assigned, all
	InboxID  int64
	TeamID   int64
	Labels   []string // any of them
	Words    string   // to be found in messages
	// UpdatedWithin lists what changed in so long a time until now, in whole seconds; also where nothing was written. A message that is
	// answered, deleted or marked as failed is no change of its conversation. Chatwoot then ignores pages and gives all at once.
	UpdatedWithin time.Duration
}

func (q ConversationQuery) values() url.Values {
	v := url.Values{}
	for name, value := range map[string]string{"status": q.Status, "assignee_type": q.Assignee, "q": q.Words} {
		if value != "" {
			v.Set(name, value)
		}
	}
	for name, id := range map[string]int64{"inbox_id": q.InboxID, "team_id": q.TeamID} {
		if id != 0 {
			v.Set(name, strconv.FormatInt(id, 10))
		}
	}
	if q.UpdatedWithin > 0 {
		v.Set("updated_within", strconv.FormatInt(int64(math.Ceil(q.UpdatedWithin.Seconds())), 10))
	}
	if len(q.Labels) > 0 {
		v["labels[]"] = q.Labels
	}
	return v
}

// Conversations walks a list page by page, newest activity first. A conversation that moves meanwhile is given once, or missed.
func (c *Client) Conversations(ctx context.Context, q ConversationQuery) iter.Seq2[Conversation, error] {
	return walk(func(page int) ([]Conversation, error) {
		v := q.values()
		v.Set("page", strconv.Itoa(page))
		body, err := c.read(ctx, "/conversations", v)
		return many[Conversation](body, err, "data", "payload")
	}, func(x Conversation) int64 { return x.ID })
}

// Condition is a part of a filter: attribute, operator, values, and how the next condition joins.
type Condition struct {
	Attribute string   `json:"attribute_key"`   // "status", "inbox_id", or a custom attribute's name
	Operator  string   `json:"filter_operator"` // equal_to, not_equal_to, contains, does_not_contain
	Values    []string `json:"values"`
	Join      string   `json:"query_operator,omitempty"` // AND or OR; empty for the last
	// CustomType is "conversation_attribute" for a custom attribute.
	CustomType string `json:"custom_attribute_type,omitempty"`
}

// FilterConversations walks the conversations that meet the conditions. A custom attribute must be defined in Chatwoot's settings before
// it can be asked for.
func (c *Client) FilterConversations(ctx context.Context, conditions ...Condition) iter.Seq2[Conversation, error] {
	return walk(func(page int) ([]Conversation, error) {
		body, err := c.ask(ctx, http.MethodPost, "/conversations/filter", url.Values{"page": {strconv.Itoa(page)}}, map[string][]Condition{"payload": conditions})
		body = peel(body, "data") // shown by the document, not sent by every version
		return many[Conversation](body, err, "payload")
	}, func(x Conversation) int64 { return x.ID })
}

// walk goes through numbered pages until one holds nothing new: a server that ignores the number would be asked for ever.
func walk[T any](page func(int) ([]T, error), id func(T) int64) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		seen := map[int64]bool{}
		for n := 1; ; n++ {
			list, err := page(n)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			fresh := false
			for _, item := range list {
				if seen[id(item)] {
					continue
				}
				seen[id(item)], fresh = true, true
				if !yield(item, nil) {
					return
				}
			}
			if !fresh {
				return
			}
		}
	}
}
