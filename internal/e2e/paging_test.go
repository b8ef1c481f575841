package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"testing"

	"kefu/client"
)

// TestPagingMissesNothingWhileRowsComeAndGo walks lists in small pages while others add and delete: whatever was there all the time is seen once,
// and nothing is seen twice.
func TestPagingMissesNothingWhileRowsComeAndGo(t *testing.T) {
	eachRig(t, alone(), func(r *rig) {
		keys := r.keys(8, "*:*")
		c := r.as(client.WithKey(keys[0]))
		var stay, go_ []string
		for n := range 60 {
			l, err := c.Labels.Create(r.ctx, client.NewLabel{Name: fmt.Sprint("label ", n)})
			if err != nil {
				r.t.Fatal(err)
			}
			if n%3 == 0 {
				go_ = append(go_, l.ID)
				continue
			}
			stay = append(stay, l.ID)
		}
		var talks []string
		for n := range 40 {
			talks = append(talks, r.begin(r.as(client.WithKey(keys[1])), client.NewConversation{Subject: fmt.Sprint("talk ", n)}).ID)
		}
		ctx, stop := context.WithCancel(r.ctx)
		var all sync.WaitGroup
		all.Go(func() { r.churn(ctx, r.as(client.WithKey(keys[2])), go_) })
		h := &http.Client{Transport: r.transport()}
		for round := range 4 {
			r.seenOnce(fmt.Sprint("labels, round ", round), stay, r.walk(h, keys[3], "/api/v1/labels", 7))
			r.seenOnce(fmt.Sprint("conversations, round ", round), talks, r.walk(h, keys[4], "/api/v1/conversations", 7))
			r.seenOnce(fmt.Sprint("messages, round ", round), nil, r.walk(h, keys[5], "/api/v1/conversations/"+talks[0]+"/messages", 3))
		}
		stop()
		all.Wait()
	})
}

// churn deletes labels and makes others, begins conversations and writes, until ctx ends or a key's limit is near.
func (r *rig) churn(ctx context.Context, c *client.Client, labels []string) {
	for n := 0; ctx.Err() == nil && n < 45; n++ {
		if n < len(labels) {
			if err := c.Labels.Delete(ctx, labels[n]); err != nil && ctx.Err() == nil {
				r.t.Error(err)
			}
		}
		if _, err := c.Labels.Create(ctx, client.NewLabel{Name: fmt.Sprint("new ", n)}); err != nil && ctx.Err() == nil {
			r.t.Error(err)
		}
		conv, err := c.Conversations.Create(ctx, client.NewConversation{Subject: "new", Contact: &client.NewPerson{Name: "n"}})
		if err == nil {
			_, err = c.Messages.Send(ctx, client.NewMessage{ConversationID: conv.ID, Content: "new"})
		}
		if err != nil && ctx.Err() == nil {
			r.t.Error(err)
		}
	}
}

// walk reads a list to its end, page by page.
func (r *rig) walk(h *http.Client, key, target string, limit int) (ids []string) {
	r.t.Helper()
	for cursor := ""; ; {
		q := url.Values{"limit": {fmt.Sprint(limit)}}
		if cursor != "" {
			q.Set("cursor", cursor)
		}
		status, raw, err := r.rest(r.ctx, h, http.MethodGet, target+"?"+q.Encode(), key, "")
		var page struct {
			Items []struct {
				ID string `json:"id"`
			} `json:"items"`
			NextCursor string `json:"next_cursor"`
		}
		if err != nil || status != http.StatusOK || json.Unmarshal(raw, &page) != nil {
			r.t.Fatalf("%s was answered %d %s %v", target, status, raw, err)
		}
		if len(page.Items) > limit {
			r.t.Errorf("a page of %s has %d items, want at most %d", target, len(page.Items), limit)
		}
		for _, it := range page.Items {
			ids = append(ids, it.ID)
		}
		if cursor = page.NextCursor; cursor == "" {
			return ids
		}
	}
}

func (r *rig) seenOnce(what string, want, got []string) {
	r.t.Helper()
	count := map[string]int{}
	for _, id := range got {
		if count[id]++; count[id] == 2 {
			r.t.Errorf("%s: %s came twice", what, id)
		}
	}
	for _, id := range want {
		if !slices.Contains(got, id) {
			r.t.Errorf("%s: %s was missed", what, id)
		}
	}
}
