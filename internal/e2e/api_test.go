package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kefu/client"
	"kefu/internal/auth"
	"kefu/internal/sqldb"
	"kefu/internal/store"
)

const staffPassword = "a password of the tests"

// alone is a program without site and desk: what its users write stays in it.
func alone() options {
	return options{config: settings{"inboxes": []settings{}, "routes": []settings{}}}
}

// keys makes keys of programs. One alone may ask 200 times at once.
func (r *rig) keys(n int, scopes ...string) []string {
	r.t.Helper()
	db, err := sqldb.Open(r.ctx, r.db, sqldb.Options{})
	if err != nil {
		r.t.Fatal(err)
	}
	defer db.Close()
	list := make([]string, 0, n)
	for i := range n {
		key, err := auth.CreateKey(r.ctx, store.New(db), auth.NewKey{Name: fmt.Sprint("program ", i), Scopes: scopes})
		if err != nil {
			r.t.Fatal(err)
		}
		list = append(list, key)
	}
	return list
}

// as is a client of the open API, at the doors unless a base is given.
func (r *rig) as(o client.Option, base ...string) *client.Client {
	r.t.Helper()
	c, err := client.New(append(base, r.base())[0], o, client.WithHTTPClient(&http.Client{Transport: r.transport(), Timeout: 30 * time.Second}))
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

// transport is a connection pool of its own, whose connections end with the test.
func (r *rig) transport() *http.Transport {
	tr := &http.Transport{MaxIdleConnsPerHost: 4}
	r.t.Cleanup(tr.CloseIdleConnections)
	return tr
}

// program is a client with a key that may do everything.
func (r *rig) program() *client.Client {
	r.t.Helper()
	return r.as(client.WithKey(r.keys(1, "*:*")[0]))
}

// staff makes an agent who can log in, and their client.
func (r *rig) staff(by *client.Client, name, role string, teams ...string) (*client.Agent, *client.Client) {
	r.t.Helper()
	email := name + "@shop.example"
	a, err := by.Agents.Create(r.ctx, client.NewAgent{Name: name, Email: email, Role: role, Password: staffPassword, TeamIDs: teams})
	if err != nil {
		r.t.Fatal(err)
	}
	return a, r.as(client.WithLogin(email, staffPassword))
}

// begin opens a conversation in the inbox api.
func (r *rig) begin(by *client.Client, n client.NewConversation) *client.Conversation {
	r.t.Helper()
	if n.Contact == nil {
		n.Contact = &client.NewPerson{Name: "王小明"}
	}
	c, err := by.Conversations.Create(r.ctx, n)
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

// tell sends a message, which must be taken.
func (r *rig) tell(by *client.Client, conversation, text string) *client.Message {
	r.t.Helper()
	m, err := by.Messages.Send(r.ctx, client.NewMessage{ConversationID: conversation, Content: text})
	if err != nil {
		r.t.Fatal(err)
	}
	return m
}

// messages reads a whole conversation, the oldest first.
func (r *rig) messages(by *client.Client, conversation string) []client.Message {
	r.t.Helper()
	list, err := client.Collect(by.Conversations.Messages(r.ctx, conversation, client.MessageFilter{OldestFirst: true}), 100_000)
	if err != nil {
		r.t.Fatal(err)
	}
	return list
}

// texts are what people and programs wrote in it, in order.
func texts(list []client.Message) (out []string) {
	for _, m := range list {
		if m.ContentType != "event" {
			out = append(out, m.Content)
		}
	}
	return out
}

// rest asks by hand, for what a well-made client never does.
func (r *rig) rest(ctx context.Context, h *http.Client, method, target, key, body string, edit ...func(*http.Request)) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, r.base()+target, strings.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Authorization", "Bearer "+key)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for _, fn := range edit {
		fn(req)
	}
	res, err := h.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	return res.StatusCode, raw, err
}

func TestOneMessageForOneKeyFromTenConnections(t *testing.T) {
	eachRig(t, alone(), func(r *rig) {
		key := r.keys(1, "*:*")[0]
		c := r.as(client.WithKey(key))
		conv := r.begin(c, client.NewConversation{Subject: "一次"})
		body := fmt.Sprintf(`{"conversation_id":%q,"content":"只有一次"}`, conv.ID)
		const twins = 10
		answers := make([][]byte, twins)
		start := make(chan struct{})
		var all sync.WaitGroup
		for i := range twins {
			h := &http.Client{Transport: r.transport()}
			all.Go(func() {
				<-start
				status, raw, err := r.rest(r.ctx, h, http.MethodPost, "/api/v1/messages", key, body, header("Idempotency-Key", "the-same"))
				if err != nil || status/100 != 2 {
					r.t.Errorf("twin %d was answered %d %s %v", i, status, raw, err)
				}
				answers[i] = raw
			})
		}
		close(start)
		all.Wait()
		for i, raw := range answers {
			if !bytes.Equal(raw, answers[0]) {
				r.t.Errorf("twin %d got another answer:\n%s\n%s", i, raw, answers[0])
			}
		}
		if got := texts(r.messages(c, conv.ID)); len(got) != 1 {
			r.t.Errorf("%d messages, want 1: %q", len(got), got)
		}
		other := strings.Replace(body, "只有一次", "別的", 1)
		status, raw, err := r.rest(r.ctx, http.DefaultClient, http.MethodPost, "/api/v1/messages", key, other, header("Idempotency-Key", "the-same"))
		if err != nil || status != http.StatusConflict {
			r.t.Errorf("the same key with another body was answered %d %s %v", status, raw, err)
		}
		http.DefaultClient.CloseIdleConnections()
	})
}

// TestAcknowledgedMessagesOutliveKills posts from many connections while the program is killed again and again. Whoever got no answer asks again
// with the same key. Everything acknowledged is there once, at the place that was told.
func TestAcknowledgedMessagesOutliveKills(t *testing.T) {
	const kills, writers = 4, 8
	o := alone()
	o.idle = true
	each(t, func(t *testing.T, url string) {
		r := newRig(t, url, o)
		p := r.spawn()
		keys := r.keys(writers, "*:*")
		var convs []string
		for _, key := range keys {
			convs = append(convs, r.begin(r.as(client.WithKey(key)), client.NewConversation{Subject: "kill"}).ID)
		}
		ctx, stop := context.WithCancel(r.ctx)
		acked := make([][]client.Message, writers)
		var all sync.WaitGroup
		for i, key := range keys {
			h := &http.Client{Transport: r.transport(), Timeout: 10 * time.Second}
			all.Go(func() { acked[i] = r.writeThroughKills(ctx, h, key, convs[i]) })
		}
		total := func() (n int) {
			for _, id := range convs {
				n += len(texts(r.messages(r.as(client.WithKey(r.keys(1, "*:*")[0])), id)))
			}
			return n
		}
		for n := range kills {
			r.until("more is written", func() bool { return total() > 20*(n+1) })
			r.kill(p)
			p = r.spawn()
		}
		stop()
		all.Wait()
		got := 0
		for i, id := range convs {
			have := map[int64]client.Message{}
			count := map[string]int{}
			for _, m := range r.messages(r.as(client.WithKey(keys[i])), id) {
				have[m.Seq] = m
				count[m.Content]++
			}
			for _, m := range acked[i] {
				got++
				if have[m.Seq].ID != m.ID || count[m.Content] != 1 {
					r.t.Errorf("%q was acknowledged as %s at %d; there is %s, and the text is there %d times", m.Content, m.ID, m.Seq, have[m.Seq].ID, count[m.Content])
				}
			}
			if len(count)-len(acked[i]) > 1 { // the last one may have been stored without its answer
				r.t.Errorf("%d texts of which %d were acknowledged", len(count), len(acked[i]))
			}
		}
		t.Logf("%d kills, %d messages acknowledged", kills, got)
		r.terminate(p)
		r.stop = nil
	})
}

// writeThroughKills posts one message after the other, each until it is acknowledged, and gives what was.
func (r *rig) writeThroughKills(ctx context.Context, h *http.Client, key, conversation string) (acked []client.Message) {
	for n := 0; ctx.Err() == nil; n++ {
		text := fmt.Sprintf("%s 之 %d", conversation, n)
		body := fmt.Sprintf(`{"conversation_id":%q,"content":%q}`, conversation, text)
		for ctx.Err() == nil {
			status, raw, err := r.rest(ctx, h, http.MethodPost, "/api/v1/messages", key, body, header("Idempotency-Key", fmt.Sprint("text-", n)))
			if err == nil && status/100 == 2 {
				var m client.Message
				if err := json.Unmarshal(raw, &m); err != nil {
					r.t.Error(err)
				}
				acked = append(acked, m)
				break
			}
			if err == nil && status != http.StatusServiceUnavailable && status != http.StatusTooManyRequests && status != http.StatusConflict {
				r.t.Errorf("answered %d %s", status, raw)
				return acked
			}
			pause(ctx, 20*time.Millisecond)
		}
		pause(ctx, 30*time.Millisecond) // so that nobody comes to the limit of a key before the last kill
	}
	return acked
}

// pause paces whoever asks again; nothing is shown by its length.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// TestAPIReachesBothSides has an agent answer by REST and by WebSocket: the customer's site and the desk show both, once and in order, and what
// staff write in Discord comes out of the WebSocket.
func TestAPIReachesBothSides(t *testing.T) {
	eachRig(t, options{}, func(r *rig) {
		tk := r.open(1)
		admin := r.program()
		amy, asAmy := r.staff(admin, "amy", "admin")
		stream := asAmy.Listen(r.ctx, client.StreamOptions{Events: []string{"message.*"}})
		defer stream.Close()
		heard := r.hear(stream)
		list, err := client.Collect(admin.Conversations.List(r.ctx, client.ConversationFilter{InboxID: "shop"}), 10)
		if err != nil || len(list) != 1 {
			r.t.Fatalf("%d conversations, %v", len(list), err)
		}
		id := list[0].ID
		r.say(tk, "來自 Discord")
		r.until("the WebSocket shows what staff wrote in Discord", func() bool { return slices.Contains(heard.texts(), "來自 Discord") })
		r.write(1, "來自顧客")
		r.until("the WebSocket shows what the customer wrote", func() bool { return slices.Contains(heard.texts(), "來自顧客") })
		if _, err := asAmy.Conversations.Claim(r.ctx, id, ""); err != nil {
			r.t.Fatal(err)
		}
		r.talk.said(1, "由 REST 回覆")
		r.tell(asAmy, id, "由 REST 回覆")
		r.talk.said(1, "由 WebSocket 回覆")
		receipt, err := stream.Send(r.ctx, client.Saying{To: id, Content: "由 WebSocket 回覆"})
		if err != nil || receipt.ConversationID != id {
			r.t.Fatalf("%+v %v", receipt, err)
		}
		r.posted(tk.channel, "由 REST 回覆")
		r.posted(tk.channel, "由 WebSocket 回覆")
		r.until("the site has three answers", func() bool { return len(r.site.Replies(1)) == 3 })
		r.until("the WebSocket shows the agent's own", func() bool { return slices.Contains(heard.texts(), "由 WebSocket 回覆") })
		for _, m := range r.messages(admin, id) {
			if m.Sender.ID == amy.ID && m.Unrouted != "" {
				r.t.Errorf("%q went to nobody: %s", m.Content, m.Unrouted)
			}
		}
	})
}
