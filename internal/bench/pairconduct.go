package main

import (
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
	"slices"
	"strings"
	"time"

	"kefu/internal/auth"
	"kefu/internal/sqldb"
	"kefu/internal/store"
)

// pairRound measures every pairing, each on a fresh database beside fresh fakes. One that fails has no figures, and the others go on.
func (g ground) pairRound(ctx context.Context, name string, fresh func(string) (string, error)) (bare, kefu figures, err error) {
	kefu = figures{}
	for _, p := range g.chosen() {
		f, err := g.step(fmt.Sprint(name, "-", p, p.turn), fresh, func(g ground) (figures, error) { return g.measurePair(ctx, p) })
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		if err != nil {
			fmt.Fprintf(g.progress, "  %-18s FAILED: %v\n", p, err)
			continue
		}
		maps.Copy(kefu, f)
	}
	return figures{}, kefu, nil
}

// match is a pairing that runs: Kefu, and the people on both sides of it.
type match struct {
	ground
	pairing
	people, near *child
}

func (g ground) measurePair(ctx context.Context, p pairing) (figures, error) {
	m := &match{ground: g, pairing: p}
	defer m.stop()
	f := figures{}
	err := m.enter(ctx)
	if err == nil {
		err = m.points(ctx, f)
	}
	if err != nil && m.near != nil {
		err = fmt.Errorf("%w\n%s", err, complaints(filepath.Join(m.dir, "kefu.log")))
	}
	return f, err
}

// complaints are the last lines of a log that are no mere information.
func complaints(log string) string {
	lines, err := readLines(log)
	if err != nil {
		return err.Error()
	}
	lines = slices.DeleteFunc(lines, func(l string) bool { return strings.Contains(l, "level=INFO") })
	return strings.Join(lines[max(len(lines)-5, 0):], "\n")
}

// stop ends both, and keeps the log beside the profile if there is one.
func (m *match) stop() {
	if m.profile != "" {
		if text, err := os.ReadFile(filepath.Join(m.dir, "kefu.log")); err == nil {
			_ = os.WriteFile(filepath.Join(m.profile, filepath.Base(m.dir)+".log"), text, 0o600)
		}
	}
	for _, p := range []*child{m.near, m.people} {
		if p != nil {
			p.stop()
		}
	}
}

// enter starts the people, then Kefu with the inboxes that they name, and opens the talks.
func (m *match) enter(ctx context.Context) error {
	host, err := freeHost(ctx)
	if err != nil {
		return err
	}
	doors, err := freeHost(ctx)
	if err != nil {
		return err
	}
	args := []string{rolePeople, "-listen", doors, "-kefu", host, "-customer", m.customer, "-desk", m.desk}
	if m.customer == onAPI || m.desk == onAPI {
		file, err := m.makeKeys(ctx)
		if err != nil {
			return err
		}
		args = append(args, "-keys", file)
	}
	if m.profile != "" {
		args = append(args, "-profile", filepath.Join(m.profile, filepath.Base(m.dir)+"-people.pprof"))
	}
	if m.people, _, err = startChild(ctx, filepath.Join(m.dir, "people.log"), doors, nil, m.self, args...); err != nil {
		return err
	}
	file, err := m.configure(ctx, host)
	if err != nil {
		return err
	}
	env := []string{noPacing}
	if m.profile != "" {
		env = append(env, "KEFU_TEST_PROFILE="+filepath.Join(m.profile, filepath.Base(m.dir)+".pprof"))
	}
	if m.near, _, err = startChild(ctx, filepath.Join(m.dir, "kefu.log"), host, env, m.kefu, "serve", "--config", file); err != nil {
		return err
	}
	return m.tell(ctx, "/bench/open", nil, nil)
}

// makeKeys gives the programs so many keys that no key's limit is felt.
func (m *match) makeKeys(ctx context.Context) (file string, err error) {
	db, err := sqldb.Open(ctx, m.database, sqldb.Options{})
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	s := store.New(db)
	if _, err := s.Migrate(ctx); err != nil {
		return "", err
	}
	var keys strings.Builder
	for n := range 50 + int(m.point.Seconds()*2*keysPerSecond) {
		k, err := auth.CreateKey(ctx, s, auth.NewKey{Name: fmt.Sprint("program ", n), Scopes: []string{"*:*"}})
		if err != nil {
			return "", err
		}
		keys.WriteString(k + "\n")
	}
	file = filepath.Join(m.dir, "keys")
	return file, os.WriteFile(file, []byte(keys.String()), 0o600)
}

// configure writes what an operator would write.
func (m *match) configure(ctx context.Context, host string) (string, error) {
	var info pairInfo
	if err := ask(ctx, "http://"+m.people.host+"/readyz", &info); err != nil {
		return "", err
	}
	raw, err := json.Marshal(m.configuration(host, info)) // JSON is YAML
	if err != nil {
		return "", err
	}
	file := filepath.Join(m.dir, "kefu.yaml")
	return file, os.WriteFile(file, raw, 0o600)
}

func (m *match) configuration(host string, info pairInfo) map[string]any {
	return map[string]any{
		"listen": host, "public_url": "http://" + host, "database": m.database, "data_dir": filepath.Join(m.dir, "data"),
		"egress": map[string]any{"allow": []string{"127.0.0.0/8"}}, "inboxes": info.Inboxes, "routes": info.Routes,
	}
}

// points measures both ways, each after a warm-up.
func (m *match) points(ctx context.Context, f figures) error {
	for _, way := range []string{wayIn, wayOut} {
		if _, err := m.measure(ctx, way, m.point/5); err != nil {
			return fmt.Errorf("%s, warming up: %w", way, err)
		}
	}
	for _, way := range []string{wayIn, wayOut} {
		before := m.near.processor()
		got, err := m.measure(ctx, way, m.point)
		if err != nil {
			return fmt.Errorf("%s: %w", way, err)
		}
		f[m.figure(way+pairRate)], f[m.figure(way+pairP50)], f[m.figure(way+pairP99)] = got.Rate, ms(got.P50), ms(got.P99)
		f[m.figure(way+pairCost)] = float64((m.near.processor() - before).Microseconds()) / float64(got.Received)
		fmt.Fprintf(m.progress, "  %-18s %-3s %6.0f messages/s, p50 %.1f ms, p99 %.1f ms, %.0f µs of processor time each\n", m.pairing, way, got.Rate,
			ms(got.P50), ms(got.P99), f[m.figure(way+pairCost)])
	}
	return nil
}

func (m *match) measure(ctx context.Context, way string, length time.Duration) (got pairSpeed, err error) {
	err = m.tell(ctx, "/bench/point", url.Values{"way": {way}, "for": {length.String()}}, &got)
	if err == nil && got.Received == 0 {
		err = errors.New("nobody wrote")
	}
	return got, err
}

// tell has the people do something; it takes as long as it takes, and they bound it.
func (m *match) tell(ctx context.Context, path string, form url.Values, out any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+m.people.host+path, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	said, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	switch {
	case err != nil:
		return err
	case res.StatusCode != http.StatusOK:
		return errors.New(strings.TrimSpace(string(said)))
	case out == nil:
		return nil
	}
	return json.Unmarshal(said, out)
}
