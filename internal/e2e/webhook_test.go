package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"kefu/internal/fake/receiver"
	"kefu/internal/sqldb"
	"kefu/internal/storetest"
)

// hooked is a program without site and desk, whose webhooks may go to this machine.
func hooked() options {
	o := alone()
	o.config["webhooks"] = settings{"allow_http": true}
	return o
}

// callbacks are outgoing webhooks as one sees them who looks after them by REST.
type callbacks struct {
	r       *rig
	key     string
	http    *http.Client
	secrets []string // that must stand nowhere
}

// endpoint is one as the API shows it, with what these tests look at.
type endpoint struct {
	ID, Name, URL, Secret string
	Enabled               bool
	Authentication        struct{ Type, Username string }
	Headers               []struct{ Name string }
	Rotation              struct {
		Prepared      bool
		PreviousUntil *time.Time `json:"previous_until"`
	}
	Health struct {
		Failures     int
		FailingSince *time.Time `json:"failing_since"`
	}
}

// sending is one delivery of the log; AttemptLog and Payload are there when it was read alone.
type sending struct {
	ID, Event, Cause, State, Error string
	EndpointID                     string `json:"endpoint_id"`
	EventID                        string `json:"event_id"`
	Attempts, Status               int
	AttemptLog                     []try `json:"attempt_log"`
	Payload                        json.RawMessage
}

type try struct {
	No         int
	StartedAt  time.Time `json:"started_at"`
	DurationMS int64     `json:"duration_ms"`
	Status     int
	Error      string
	Answer     string
	Address    string
}

// callbacks has a key of its own. Before the program has made the database there is none to make it in.
func (r *rig) callbacks() *callbacks {
	r.t.Helper()
	key := r.keys(1, "*:*")[0]
	return &callbacks{r: r, key: key, http: &http.Client{Transport: r.transport(), Timeout: 60 * time.Second}, secrets: []string{key}}
}

// ask calls the API; an empty body is none.
func (c *callbacks) ask(method, path string, body any) (int, []byte) {
	c.r.t.Helper()
	text := ""
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			c.r.t.Fatal(err)
		}
		text = string(raw)
	}
	status, raw, err := c.r.rest(c.r.ctx, c.http, method, "/api/v1"+path, c.key, text)
	if err != nil {
		c.r.t.Fatalf("%s %s: %v", method, path, err)
	}
	return status, raw
}

// do is ask for what must be well; out may be nil.
func (c *callbacks) do(method, path string, body, out any) {
	c.r.t.Helper()
	status, raw := c.ask(method, path, body)
	if status/100 != 2 {
		c.r.t.Fatalf("%s %s was answered %d %s", method, path, status, raw)
	}
	if out == nil {
		return
	}
	if err := json.Unmarshal(raw, out); err != nil {
		c.r.t.Fatalf("%s %s: %v in %s", method, path, err, raw)
	}
}

// create makes an endpoint. What is not in with is as for everybody, and it wants every event.
func (c *callbacks) create(url string, with settings) (e endpoint) {
	c.r.t.Helper()
	body := settings{"name": "demo", "url": url, "events": []string{"*"}}
	maps.Copy(body, with)
	c.do(http.MethodPost, "/webhooks", body, &e)
	if e.ID == "" || e.Secret == "" {
		c.r.t.Fatalf("made %+v", e)
	}
	c.secrets = append(c.secrets, e.Secret)
	return e
}

func (c *callbacks) endpoint(id string) (e endpoint) {
	c.r.t.Helper()
	c.do(http.MethodGet, "/webhooks/"+id, nil, &e)
	return e
}

// log reads all of the log that a query finds, the newest first.
func (c *callbacks) log(query string) (all []sending) {
	c.r.t.Helper()
	for cursor := ""; ; {
		var page struct {
			Items      []sending
			NextCursor *string `json:"next_cursor"`
		}
		c.do(http.MethodGet, "/webhook-deliveries?limit=200&"+query+cursor, nil, &page)
		all = append(all, page.Items...)
		if page.NextCursor == nil || *page.NextCursor == "" {
			return all
		}
		cursor = "&cursor=" + *page.NextCursor
	}
}

// read gives one delivery with its attempts.
func (c *callbacks) read(id string) (d sending) {
	c.r.t.Helper()
	c.do(http.MethodGet, "/webhook-deliveries/"+id, nil, &d)
	return d
}

var queuedLine = regexp.MustCompile(`(?m)^kefu_webhook_waiting\{endpoint="([^"]*)"\} (\S+)$`)

// queued is how many webhooks are not final, by endpoint, as the program itself tells; nil when it does not.
func (r *rig) queued() map[string]int {
	page := fetch(r.base() + "/metrics")
	if page.status != http.StatusOK {
		return nil
	}
	all := map[string]int{}
	for _, m := range queuedLine.FindAllStringSubmatch(page.body, -1) {
		n, err := strconv.ParseFloat(m[2], 64)
		if err != nil {
			r.t.Errorf("the metrics say %q", m[0])
		}
		all[m[1]] = int(n)
	}
	return all
}

// quiet waits until no webhook is queued. What has just happened may not be yet: wait for what it brings first.
func (r *rig) quiet() {
	r.t.Helper()
	r.until("no webhook waits", func() bool { q := r.queued(); return q != nil && len(q) == 0 })
}

// end terminates a process and leaves nothing to end.
func (r *rig) end(p *process) {
	r.t.Helper()
	r.stop = nil
	r.terminate(p)
}

// receiver starts somebody who receives webhooks.
func (r *rig) receiver(o receiver.Options) *receiver.Server {
	r.t.Helper()
	return r.receiverAt("127.0.0.1:0", o)
}

func (r *rig) receiverAt(addr string, o receiver.Options) *receiver.Server {
	r.t.Helper()
	s := receiver.New(o)
	if err := s.Start(addr); err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(s.Close)
	return s
}

// got waits until a receiver has what it must.
func (r *rig) got(s *receiver.Server, what string, cond func() bool) {
	r.t.Helper()
	r.until(what, cond)
	if n := s.Rejected(); n != 0 {
		for _, req := range s.Requests() {
			if req.Verified != nil {
				r.t.Fatalf("%d requests are not signed well, the first: %v\n%s", n, req.Verified, req.Body)
			}
		}
	}
}

// ofType lists the requests for one type of event.
func ofType(s *receiver.Server, event string) (all []receiver.Request) {
	for _, req := range s.Requests() {
		if req.Event.Type == event {
			all = append(all, req)
		}
	}
	return all
}

// members lists those of a JSON object in their order.
func members(raw []byte) (all []string, err error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		all = append(all, fmt.Sprint(name))
	}
	return all, nil
}

// untold wants none of the secrets in the program's log, in any table, or in the database's files.
func (c *callbacks) untold() {
	c.r.t.Helper()
	db, err := sqldb.Open(c.r.ctx, c.r.db, sqldb.Options{})
	if err != nil {
		c.r.t.Fatal(err)
	}
	defer db.Close()
	places := storetest.Dump(c.r.t, db)
	places["the log"] = c.r.log.String()
	if path, ok := strings.CutPrefix(c.r.db, "sqlite:"); ok {
		files, _ := filepath.Glob(path + "*")
		for _, file := range files {
			raw, err := os.ReadFile(file)
			if err != nil {
				c.r.t.Fatal(err)
			}
			places[filepath.Base(file)] = string(raw)
		}
	}
	c.nowhere(places)
}

// nowhere wants none of the secrets in any of the places.
func (c *callbacks) nowhere(places map[string]string) {
	c.r.t.Helper()
	for _, secret := range c.secrets {
		for place, text := range places {
			if strings.Contains(text, strings.TrimPrefix(secret, "whsec_")) {
				c.r.t.Errorf("the secret %q is in %s", secret, place)
			}
		}
	}
}
