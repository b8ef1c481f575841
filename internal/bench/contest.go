package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// The two who are measured.
const (
	nameBare = "baseline"
	nameKefu = "Kefu"
)

// ground is where a round takes place.
type ground struct {
	plan
	self, kefu string // programs
	dir        string // of this round alone
	database   string
}

// contest is one of the two, running, with its own remote.
type contest struct {
	ground
	name  string
	far   *child
	near  *child
	info  remoteInfo
	ready time.Duration
}

// channels is how many tickets the messages are spread over.
const channels = 100

// startContest starts the remote and who is measured. profile names a file for a CPU profile, "" is none.
func startContest(ctx context.Context, g ground, name string, env ...string) (*contest, error) {
	c := &contest{ground: g, name: name}
	host, err := freeHost(ctx)
	if err != nil {
		return nil, err
	}
	c.far, _, err = startChild(ctx, filepath.Join(g.dir, "remote.log"), host, nil, g.self, roleRemote, "-listen", host, "-channels", strconv.Itoa(channels))
	if err != nil {
		return nil, err
	}
	if err := ask(ctx, "http://"+host+"/readyz", &c.info); err != nil {
		c.stop()
		return nil, err
	}
	if err := c.startNear(ctx, env); err != nil {
		c.stop()
		return nil, err
	}
	return c, nil
}

func (c *contest) startNear(ctx context.Context, env []string) error {
	host, err := freeHost(ctx)
	if err != nil {
		return err
	}
	program, args := c.self, []string{roleBaseline, "-listen", host, "-database", c.database, "-remote", c.far.host}
	if c.name == nameKefu {
		file, err := c.configure(host)
		if err != nil {
			return err
		}
		program, args = c.kefu, []string{"serve", "--config", file}
	}
	c.near, c.ready, err = startChild(ctx, filepath.Join(c.dir, c.name+".log"), host, env, program, args...)
	return err
}

// configure writes what an operator would write.
func (c *contest) configure(host string) (string, error) {
	tree := map[string]any{
		"listen": host, "public_url": "http://" + host, "database": c.database, "data_dir": filepath.Join(c.dir, "data"),
		"inboxes": []map[string]any{
			{"id": "shop", "channel": "wordpress", "name": "龍之店", "settings": map[string]any{
				"site_url": c.info.Site, "username": "kefu", "application_password": "abcd EFGH 1234 ijkl MNOP 5678", "default": true}},
			{"id": "guild", "channel": "discord", "settings": map[string]any{"token": c.info.Token, "api_url": c.info.API, "guild_id": c.info.Guild}},
		},
		"routes": []map[string]any{{"from": "shop", "to": []string{"guild"}}},
	}
	raw, err := json.Marshal(tree) // JSON is YAML
	if err != nil {
		return "", err
	}
	file := filepath.Join(c.dir, "kefu.yaml")
	return file, os.WriteFile(file, raw, 0o600)
}

func (c *contest) stop() {
	for _, p := range []*child{c.near, c.far} {
		if p != nil {
			p.stop()
		}
	}
}

func (c *contest) remote(path string) string { return "http://" + c.far.host + path }

// open opens the tickets, of which the baseline knows nothing.
func (c *contest) open(ctx context.Context) error {
	if c.name == nameBare {
		return nil
	}
	_, _, err := c.point(ctx, "-create", "-senders", "8")
	return err
}

// point sends a load and waits until all that was accepted has arrived.
func (c *contest) point(ctx context.Context, args ...string) (sent, arrivals, error) {
	var s sent
	var a arrivals
	if err := tell(ctx, c.remote("/bench/reset")); err != nil {
		return s, a, err
	}
	args = append([]string{roleLoad, "-host", c.near.host, "-tickets", strconv.Itoa(channels)}, args...)
	if err := runChild(ctx, &s, c.self, args...); err != nil {
		return s, a, err
	}
	if err := c.drain(ctx, int(s.Accepted)); err != nil {
		return s, a, err
	}
	if err := ask(ctx, c.remote("/bench/report"), &a); err != nil {
		return s, a, err
	}
	if a.Received != int(s.Accepted) || a.Doubled > 0 || a.Displaced > 0 && c.name == nameKefu {
		return s, a, fmt.Errorf("%s %v: %d accepted, but %+v", c.name, args, s.Accepted, a)
	}
	return s, a, nil
}

// drainLimit bounds the wait for what was accepted.
const drainLimit = 3 * time.Minute

func (c *contest) drain(ctx context.Context, want int) error {
	ctx, cancel := context.WithTimeout(ctx, drainLimit)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		var got int
		if err := ask(ctx, c.remote("/bench/count"), &got); err != nil {
			return fmt.Errorf("%s: %d of %d messages arrived: %w", c.name, got, want, err)
		}
		if got >= want {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("%s: %d of %d messages arrived in %s", c.name, got, want, drainLimit)
		}
	}
}
