package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// The parts of the bench.
const (
	partAll   = "all"
	partRelay = "relay"
	partAPI   = "api"
)

// keysPerSecond is how many keys a second of the bench needs, each of which may ask 200 times at once and ten times a second.
const keysPerSecond = 100

// apiRound measures the open API once: the baseline, then Kefu on the small and on the large database.
func (g ground) apiRound(ctx context.Context, name string, fresh func(string) (string, error)) (bare, kefu figures, err error) {
	bare, err = g.step(name+"-bare", fresh, func(g ground) (figures, error) { return measureBareAPI(ctx, g) })
	if err != nil {
		return nil, nil, fmt.Errorf("baseline: %w", err)
	}
	kefu = figures{}
	for i, size := range g.sizes {
		f, err := g.step(fmt.Sprintf("%s-api-%d", name, i), fresh, func(g ground) (figures, error) { return g.measureAPI(ctx, size, i > 0) })
		if err != nil {
			return nil, nil, fmt.Errorf("%d messages: %w", size, err)
		}
		maps.Copy(kefu, f)
	}
	return bare, kefu, nil
}

func measureBareAPI(ctx context.Context, g ground) (figures, error) {
	host, err := freeHost(ctx)
	if err != nil {
		return nil, err
	}
	near, _, err := startChild(ctx, filepath.Join(g.dir, "baseline.log"), host, nil, g.self, roleBaseline, "-listen", host, "-database", g.database)
	if err != nil {
		return nil, err
	}
	defer near.stop()
	h := &house{ground: g, near: near, name: nameBare, keys: []string{"none"}}
	for n := range apiTalks {
		h.talks = append(h.talks, fmt.Sprint("cnv_", n))
	}
	f := figures{}
	return f, h.creation(ctx, f, 1, 8, 64)
}

// house is a server with an organisation in it, and those who may ask it.
type house struct {
	ground
	name     string
	near     *child
	seed     apiSeed
	keys     []string
	indexing time.Duration       // of all that the seed made
	staff    map[string][]string // session tokens by kind of staff
	talks    []string            // open conversations that are written to
}

func (g ground) measureAPI(ctx context.Context, size int, large bool) (figures, error) {
	h, err := g.enter(ctx, size)
	if err != nil {
		return nil, err
	}
	defer h.near.stop()
	f := figures{}
	clients := []int{1, 8, 64}
	if large {
		clients = clients[2:]
	}
	for _, point := range []struct {
		name string
		here bool
		do   func() error
	}{
		{"", true, func() error { return h.indexed(ctx, f, large) }},
		{"lists", true, func() error { return h.lists(ctx, f, large) }},
		{"search", large, func() error { return h.searches(ctx, f) }},
		{"sockets", !large, func() error { return h.listeners(ctx, f) }},
		{"create", true, func() error { return h.creation(ctx, f, clients...) }},
	} {
		if !point.here || point.name != "" && !g.wants(point.name) {
			continue
		}
		if err := point.do(); err != nil {
			return nil, fmt.Errorf("%w: %s", err, tail(filepath.Join(h.dir, "kefu.log")))
		}
	}
	if v, measured := f[figCreate64]; measured && large { // what was measured small is the table's
		f[figCreateLarge] = v
		delete(f, figCreate64)
		delete(f, figCreateCost)
	}
	return f, nil
}

// enter makes the organisation, starts Kefu on it and lets its staff log in.
func (g ground) enter(ctx context.Context, size int) (*house, error) {
	h := &house{ground: g, name: fmt.Sprintf("%s %dk", nameKefu, size/1000), seed: apiSeed{size, size / apiEach}, staff: map[string][]string{}}
	began := time.Now()
	var err error
	if h.keys, err = seedAPI(ctx, g.database, size, 100+int(g.point.Seconds()*keysPerSecond)); err != nil {
		return nil, err
	}
	h.say("seeded in %.1f s", time.Since(began).Seconds())
	began = time.Now()
	if err := indexAll(ctx, g.database); err != nil {
		return nil, err
	}
	h.indexing = time.Since(began)
	h.say("indexed in %.1f s", h.indexing.Seconds())
	host, err := freeHost(ctx)
	if err != nil {
		return nil, err
	}
	file, err := h.configure(host)
	if err != nil {
		return nil, err
	}
	var env []string
	if g.profile != "" {
		env = append(env, "KEFU_TEST_PROFILE="+filepath.Join(g.profile, filepath.Base(g.dir)+".pprof"))
	}
	h.near, _, err = startChild(ctx, filepath.Join(h.dir, "kefu.log"), host, env, h.kefu, "serve", "--config", file)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(h.logIn(ctx), h.begin(ctx)); err != nil {
		h.near.stop()
		return nil, fmt.Errorf("%w: %s", err, tail(filepath.Join(h.dir, "kefu.log")))
	}
	return h, nil
}

// configure writes what an operator would write, without any remote: the inboxes are of the channel api.
func (h *house) configure(host string) (string, error) {
	var inboxes []map[string]any
	for n := range apiTeams {
		inboxes = append(inboxes, map[string]any{"id": fmt.Sprint("shop", n+11), "channel": "api", "name": fmt.Sprint("shop ", n+1)})
	}
	tree := map[string]any{"listen": host, "public_url": "http://" + host, "database": h.database, "data_dir": filepath.Join(h.dir, "data"), "inboxes": inboxes}
	return h.write("kefu.yaml", tree) // JSON is YAML
}

// write puts a value as JSON into a file of the round.
func (h *house) write(name string, v any) (string, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	file := filepath.Join(h.dir, name)
	return file, os.WriteFile(file, raw, 0o600)
}

func (h *house) say(format string, args ...any) {
	fmt.Fprintf(h.progress, "  %-10s "+format+"\n", append([]any{h.name}, args...)...)
}

// logIn has everybody log in who asks for lists.
func (h *house) logIn(ctx context.Context) error {
	for kind, n := range map[string]int{kindTeam: apiFew, kindFew: apiFew, kindAdmin: apiAdmins} {
		for i := range n {
			var in struct {
				Token string `json:"access_token"`
			}
			err := h.post(ctx, "/api/v1/auth/login", "", map[string]any{"email": staffMail(kind, i+1), "password": staffWords}, &in)
			if err != nil {
				return err
			}
			h.staff[kind] = append(h.staff[kind], in.Token)
		}
	}
	return nil
}

// begin opens the conversations that are written to.
func (h *house) begin(ctx context.Context) error {
	for n := range apiTalks {
		var c struct {
			ID string `json:"id"`
		}
		err := h.post(ctx, "/api/v1/conversations", h.keys[n%len(h.keys)], map[string]any{"subject": fmt.Sprint("bench ", n),
			"contact": map[string]any{"name": "王小明", "external_id": fmt.Sprint("bench-", n)}}, &c)
		if err != nil {
			return err
		}
		h.talks = append(h.talks, c.ID)
	}
	return nil
}

func (h *house) post(ctx context.Context, target, token string, body, out any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return h.call(ctx, http.MethodPost, target, token, raw, out)
}

func (h *house) read(ctx context.Context, target, token string, out any) error {
	return h.call(ctx, http.MethodGet, target, token, nil, out)
}

func (h *house) call(ctx context.Context, method, target, token string, body []byte, out any) error {
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, "http://"+h.near.host+target, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if len(body) > 0 {
		req.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	said, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err == nil && res.StatusCode/100 != 2 {
		err = fmt.Errorf("%s was answered %d: %s", target, res.StatusCode, said)
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(said, out)
}

// asks runs a process that asks.
func (h *house) asks(ctx context.Context, s script, clients int, rate float64, length time.Duration) (answers, error) {
	var a answers
	file, err := h.write(fmt.Sprintf("script-%d.json", time.Now().UnixNano()), s)
	if err != nil {
		return a, err
	}
	err = runChild(ctx, &a, h.self, roleAsk, "-host", h.near.host, "-script", file, "-clients", strconv.Itoa(clients),
		"-rate", fmt.Sprint(rate), "-for", length.String())
	if err == nil && a.Count == 0 {
		err = errors.New("nobody was answered")
	}
	return a, err
}

// searchFor is the question of a search.
func searchFor(word string) question {
	return question{Method: http.MethodGet, Target: "/api/v1/search?q=" + url.QueryEscape(word) + "&types=messages"}
}
