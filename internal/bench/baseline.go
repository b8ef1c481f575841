package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// roleBaseline is the process of the baseline: the least that a durable relay can do.
const roleBaseline = "baseline"

const (
	posters     = 64      // calls to Discord at once, as many as Kefu has for an inbox
	postQueue   = 100_000 // more than any point sends
	postTimeout = 10 * time.Second
)

// row is what the baseline stores of a hook.
type row struct {
	ticket int
	sender string
	text   string
	at     int64
}

// committer stores one row and returns after its durable commit. Safe for concurrent use.
type committer interface {
	commit(ctx context.Context, r row) error
	close()
}

type baseline struct {
	store    committer
	api      string
	token    string
	channels []string
	queue    chan row
	client   *http.Client
}

func runBaseline(ctx context.Context, args []string) error {
	f := flag.NewFlagSet(roleBaseline, flag.ContinueOnError)
	listen := f.String("listen", "", "address")
	database := f.String("database", "", "sqlite:path or postgres://…")
	far := f.String("remote", "", "address of the remote; without one nothing is posted")
	if err := f.Parse(args); err != nil {
		return err
	}
	var info remoteInfo
	if *far != "" {
		if err := ask(ctx, "http://"+*far+"/readyz", &info); err != nil {
			return err
		}
	}
	store, err := openCommitter(ctx, *database)
	if err != nil {
		return err
	}
	defer store.close()
	b := &baseline{store: store, api: info.API, token: info.Token, channels: info.Channels, queue: make(chan row, postQueue),
		client: &http.Client{Timeout: postTimeout, Transport: &http.Transport{MaxIdleConnsPerHost: posters}}}
	for range posters {
		go b.post(ctx)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) { answer(w, "ok") })
	mux.HandleFunc("POST /ticket/update", b.hook)
	mux.HandleFunc("POST /api/v1/messages", b.message)
	return serve(ctx, *listen, mux)
}

func openCommitter(ctx context.Context, url string) (committer, error) {
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		return openLite(ctx, path)
	}
	return openPool(ctx, url)
}

func (b *baseline) hook(w http.ResponseWriter, r *http.Request) {
	var h hook
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&h); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	m := row{ticket: h.TicketID, sender: h.Sender, text: h.Message, at: time.Now().UnixMicro()}
	if err := b.store.commit(r.Context(), m); err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	b.queue <- m
	answer(w, map[string]any{"status": "accepted", "ticket_id": m.ticket})
}

// message is the least that an open API can do with a message: one row committed, and an answer. It asks nobody who they are.
func (b *baseline) message(w http.ResponseWriter, r *http.Request) {
	var m struct {
		ConversationID string `json:"conversation_id"`
		Content        string `json:"content"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&m); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if err := b.store.commit(r.Context(), row{sender: m.ConversationID, text: m.Content, at: time.Now().UnixMicro()}); err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	answer(w, map[string]any{"conversation_id": m.ConversationID, "content": m.Content})
}

// post carries rows to Discord, in whatever order, until ctx ends.
func (b *baseline) post(ctx context.Context) {
	for {
		select {
		case m := <-b.queue:
			if err := b.send(ctx, m); err != nil && ctx.Err() == nil {
				fmt.Println("baseline: not posted:", err) // the conductor misses it in the ledger
			}
		case <-ctx.Done():
			return
		}
	}
}

func (b *baseline) send(ctx context.Context, m row) error {
	body, err := json.Marshal(map[string]string{"content": m.text})
	if err != nil {
		return err
	}
	url := b.api + "/channels/" + b.channels[m.ticket%len(b.channels)] + "/messages"
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bot "+b.token)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "DiscordBot (https://kefu.example, 1)")
	res, err := b.client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("answered %s", res.Status)
	}
	return nil
}
