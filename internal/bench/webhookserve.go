package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"kefu/internal/auth"
	"kefu/internal/sqldb"
	"kefu/internal/store"
)

// hookServe is the point of the real program: a message by REST, its webhook at the receiver; then nothing to do.
const hookServe = "serve"

const (
	serveRate = 20 // messages a second
	serveKeys = 20 // each may ask ten times a second
)

// hookServed measures the real program from outside.
func (g ground) hookServed(ctx context.Context, f figures) error {
	far, err := g.startReceiver(ctx, "-detailed")
	if err != nil {
		return err
	}
	defer far.stop()
	h := &house{ground: g, name: nameKefu}
	if err := g.prepare(ctx, func(s *store.Store) (err error) {
		for n := range serveKeys {
			key, err := auth.CreateKey(ctx, s, auth.NewKey{Name: fmt.Sprint("bench ", n), Scopes: []string{"*:*"}})
			if err != nil {
				return err
			}
			h.keys = append(h.keys, key)
		}
		return nil
	}); err != nil {
		return err
	}
	endpoint, err := h.hookMessages(ctx, far, f)
	if err != nil {
		return fmt.Errorf("%w: %s", err, tail(filepath.Join(g.dir, "kefu.log")))
	}
	if err := g.prepare(ctx, func(s *store.Store) error { return seedHooks(ctx, s, endpoint, hookStored) }); err != nil {
		return err
	}
	return h.hookIdle(ctx, f)
}

// prepare does something in the database while nobody else has it open.
func (g ground) prepare(ctx context.Context, do func(*store.Store) error) error {
	db, err := sqldb.Open(ctx, g.database, sqldb.Options{})
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	s := store.New(db)
	if _, err := s.Migrate(ctx); err != nil {
		return err
	}
	return do(s)
}

// serve starts the real program as an operator would whose receivers are on this machine. what names its profile.
func (h *house) serve(ctx context.Context, what string) error {
	host, err := freeHost(ctx)
	if err != nil {
		return err
	}
	file, err := h.write("kefu.yaml", map[string]any{"listen": host, "public_url": "http://" + host, "database": h.database,
		"data_dir": filepath.Join(h.dir, "data"), "inboxes": []map[string]any{{"id": "shop", "channel": "api", "name": "shop"}},
		"egress": map[string]any{"allow": []string{"127.0.0.0/8"}}, "webhooks": map[string]any{"allow_http": true}})
	if err != nil {
		return err
	}
	var env []string
	if h.profile != "" {
		env = append(env, "KEFU_TEST_PROFILE="+h.profileOf(what))
	}
	h.near, _, err = startChild(ctx, filepath.Join(h.dir, "kefu.log"), host, env, h.kefu, "serve", "--config", file)
	return err
}

// hookMessages makes an endpoint by REST and measures the way of each message to it.
func (h *house) hookMessages(ctx context.Context, far *child, f figures) (endpoint string, err error) {
	if err := h.serve(ctx, "kefu"); err != nil {
		return "", err
	}
	defer func() { h.near.stop() }()
	var info hookInfo
	if err := ask(ctx, "http://"+far.host+"/readyz", &info); err != nil {
		return "", err
	}
	var e struct {
		ID string `json:"id"`
	}
	if err := h.post(ctx, "/api/v1/webhooks", h.keys[0], map[string]any{"name": "bench", "url": hookURL(info.Port, 0),
		"events": []string{"message.*"}, "secret": hookSecret(0)}, &e); err != nil {
		return "", err
	}
	if err := h.begin(ctx); err != nil {
		return "", err
	}
	said, err := h.speak(ctx)
	if err != nil {
		return "", err
	}
	return e.ID, h.hookWays(ctx, far, said, f)
}

// spoken is when a message was sent, and when it was answered, which is after its commit.
type spoken struct{ sent, answered time.Time }

// speak sends messages, one after the other, so many a second.
func (h *house) speak(ctx context.Context) (map[string]spoken, error) {
	said := map[string]spoken{}
	tick := time.NewTicker(time.Second / serveRate)
	defer tick.Stop()
	for n, began := 0, time.Now(); time.Since(began) < h.point; n++ {
		var m struct {
			ID string `json:"id"`
		}
		at := time.Now()
		if err := h.post(ctx, "/api/v1/messages", h.keys[n%len(h.keys)], map[string]any{"conversation_id": h.talks[n%len(h.talks)], "content": words}, &m); err != nil {
			return nil, err
		}
		said[m.ID] = spoken{at, time.Now()}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return said, nil
}

// hookWays waits until every message has arrived at the receiver, once, and notes how long each took.
func (h *house) hookWays(ctx context.Context, far *child, said map[string]spoken, f figures) error {
	var got hookArrivals
	waiting, cancel := context.WithTimeout(ctx, drainLimit)
	defer cancel()
	err := until(waiting, 20*time.Millisecond, func() (bool, error) {
		err := ask(waiting, "http://"+far.host+"/bench/report", &got)
		return got.Taken >= len(said), err
	})
	if err != nil || got.Bad > 0 || got.Doubled > 0 {
		return fmt.Errorf("%d messages were sent, but %+v (%w)", len(said), got, err)
	}
	var all []arrival
	if err := ask(ctx, "http://"+far.host+"/bench/arrivals", &all); err != nil {
		return err
	}
	var sent, answered []time.Duration
	for _, a := range all {
		if s, ours := said[a.Message]; ours {
			sent, answered = append(sent, time.Unix(0, a.At).Sub(s.sent)), append(answered, max(time.Unix(0, a.At).Sub(s.answered), 0))
		}
	}
	if len(sent) != len(said) {
		return fmt.Errorf("%d messages were sent, but %d arrived", len(said), len(sent))
	}
	slices.Sort(sent)
	slices.Sort(answered)
	f[figHookSentP50], f[figHookSentP99] = ms(quantile(sent, 0.5)), ms(quantile(sent, 0.99))
	f[figHookServeP50], f[figHookServeP99] = ms(quantile(answered, 0.5)), ms(quantile(answered, 0.99))
	h.say("kefu serve: from the POST p50 %.2f ms, p99 %.2f ms; from its answer p50 %.2f ms, p99 %.2f ms", f[figHookSentP50], f[figHookSentP99],
		f[figHookServeP50], f[figHookServeP99])
	return nil
}

// hookIdle starts the program with many finished deliveries and lets it do nothing.
func (h *house) hookIdle(ctx context.Context, f figures) (err error) {
	if err := h.serve(ctx, "idle"); err != nil {
		return err
	}
	defer func() { h.near.stop() }()
	if f[figHookIdle], err = h.busy(ctx); err != nil {
		return err
	}
	f[figHookRest] = mib(h.near.resident())
	h.say("idle with %d finished deliveries: %.2f %% of a core, %.0f MiB", hookStored, f[figHookIdle], f[figHookRest])
	return nil
}

// seedHooks stores finished deliveries of an endpoint, each with its attempt.
func seedHooks(ctx context.Context, s *store.Store, endpoint string, deliveries int) error {
	newest := time.Now().Add(-time.Hour)
	err := fill(ctx, s, numbered("webhook_delivery", "endpoint_id, event_n, event_id, event_type, occurred_at, cause, state, attempts, due_at, status, error, body, "+
		"created_at, done_at", `'`+endpoint+`', 1000000 + n, 'evt_seed' || {n}, '`+hookType+`', `+at+`, 'event', 'delivered', 1, `+at+`, 200, '', '', `+at+`, `+at),
		deliveries, newest)
	if err != nil {
		return err
	}
	const attempts = `INSERT INTO webhook_attempt (delivery_n, no, started_at, duration, status, error, answer, address)
SELECT n, 1, CAST($3 AS BIGINT), 1000, 200, '', 'ok', '127.0.0.1:80' FROM webhook_delivery WHERE n BETWEEN $1 AND $2 AND event_n > 1000000`
	var last int
	if err := s.View(ctx, func(tx *store.Tx) error { return tx.QueryRow(`SELECT MAX(n) FROM webhook_delivery`).Scan(&last) }); err != nil {
		return err
	}
	return fill(ctx, s, attempts, last, newest)
}
