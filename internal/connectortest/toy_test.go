package connectortest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/safehttp"
)

// sin is what a toy connector does wrong; "" is a good one.
type sin string

const (
	oneLanguage   sin = "speaks one language"
	hidden        sin = "keeps what no setting sets"
	firstFault    sin = "names the first fault alone"
	repeatsValue  sin = "repeats a value that may be secret"
	callsEarly    sin = "calls the remote when it is made"
	shows         sin = "shows its key when it is printed"
	tells         sin = "tells its key in errors"
	logs          sin = "logs its key"
	forgetsParts  sin = "forgets parts in the receipt"
	sendsKnown    sin = "sends what is known to be there"
	cuts          sin = "cuts long texts"
	keepsNul      sin = "sends U+0000"
	calls         sin = "calls people"
	drops         sin = "drops what is no text"
	sendsBlindly  sin = "sends again without looking"
	stopsShort    sin = "takes a part for the whole"
	findsAlways   sin = "finds what is not there"
	countsNothing sin = "does not count equal messages"
	neverUnsure   sin = "takes every failure for none"
	noPause       sin = "does not tell how long to wait"
	givesUp       sin = "gives up on a page"
	tiresNot      sin = "takes a thread that is gone for one that is slow"
	believes      sin = "believes everybody"
	keyless       sin = "gives every hook another key"
	stranger      sin = "takes its own message for a stranger's"
	marksAgain    sin = "marks again"
	closesOnce    sin = "fails to close what is closed"
	meddles       sin = "posts when it is probed"
	blind         sin = "finds nothing wrong"
	mendless      sin = "says what is wrong and not how to mend it"
)

// toySettings are the toy's settings.
type toySettings struct {
	URL, User, Key string
	Hidden         string
}

// Format writes nothing.
func (toySettings) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "(toy settings)") }

type toyFactory struct{ sin sin }

func (f toyFactory) Describe() connector.Descriptor {
	words := map[string]string{"zh-TW": "玩具", "zh-CN": "玩具", "en": "Toy"}
	if f.sin == oneLanguage {
		words = map[string]string{"en": "Toy"}
	}
	field := func(name, kind string) connector.Field {
		return connector.Field{Name: name, Type: kind, Required: true, Label: words, Doc: "A setting of the toy."}
	}
	return connector.Descriptor{Kind: "toy", Title: words, Customer: true, Capabilities: []string{connector.CapLooks},
		Fields: []connector.Field{field("url", "string"), field("user", "string"), field("api_key", "secret")}}
}

func (f toyFactory) New(in connector.Inbox, deps connector.Deps) (connector.Connector, error) {
	var given map[string]any
	if err := json.Unmarshal(in.Settings, &given); err != nil {
		return nil, err
	}
	var faults kefu.Faults
	text := func(name string) string {
		s, ok := given[name].(string)
		if !ok || s == "" {
			faults.Add(name, "must be text")
		}
		delete(given, name)
		return s
	}
	set := toySettings{URL: text("url"), User: text("user"), Key: text("api_key"), Hidden: string(in.ID)}
	for name, value := range given {
		faults.Add(name, "is not a setting")
		if f.sin == repeatsValue {
			faults.Add(name, "is %v", value)
		}
	}
	switch f.sin {
	case hidden:
		set.Hidden = ""
	case firstFault:
		faults = faults[:min(len(faults), 1)]
	case callsEarly:
		res, err := deps.Operator.Get(set.URL)
		if err == nil {
			_ = res.Body.Close()
		}
	}
	c := &toy{sin: f.sin, set: set, deps: deps}
	if f.sin == shows {
		return &careless{toy: c, Key: set.Key}, nil
	}
	return c, faults.Err("the toy's settings are wrong")
}

// careless is a toy that is printed as it is.
type careless struct {
	*toy
	Key string
}

// Format prints the key.
func (c *careless) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.Key) }

type toy struct {
	sin  sin
	set  toySettings
	deps connector.Deps
}

// Format writes nothing of the settings.
func (c *toy) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "toy") }

func (c *toy) text(m kefu.Message) string {
	text := m.Content.Text
	if m.Content.Type != kefu.ContentText || len(m.Content.Choices) > 0 {
		text = c.spelled(m.Content)
	}
	if c.sin != keepsNul {
		text, _ = kefu.CleanText(text)
	}
	if c.sin != calls {
		text = strings.ReplaceAll(text, "@", "＠")
	}
	return text
}

// spelled writes out what is more than text.
func (c *toy) spelled(content kefu.Content) string {
	if c.sin == drops {
		return content.Text
	}
	raw, err := json.MarshalIndent(content, "", " ")
	if err != nil {
		return err.Error()
	}
	return string(raw)
}

func (c *toy) print(from, text string) string {
	if c.sin == stranger {
		return ""
	}
	sum := sha256.Sum256([]byte(from + "\x00" + text))
	return hex.EncodeToString(sum[:])
}

// Fingerprint is of sender and text.
func (c *toy) Fingerprint(m kefu.Message) string { return c.print(m.Author.Name, c.text(m)) }

// chunks cuts a text at line ends.
func (c *toy) chunks(text string) []string {
	chunks := []string{""}
	for line := range strings.Lines(text) {
		if last := &chunks[len(chunks)-1]; len([]rune(*last))+len([]rune(line)) <= toyLimit {
			*last += line
			continue
		}
		if c.sin == cuts {
			break
		}
		chunks = append(chunks, line)
	}
	return chunks
}

func (c *toy) Send(ctx context.Context, out connector.Outbound) (connector.Receipt, error) {
	whole, from := c.Fingerprint(out.Message), out.Message.Author.Name
	chunks := c.chunks(c.text(out.Message))
	got := connector.Receipt{Found: out.Unsure}
	for n, text := range chunks {
		if at := slices.IndexFunc(out.Known, func(p connector.Part) bool { return p.N == n }); at >= 0 && c.sin != sendsKnown {
			got.Parts = append(got.Parts, out.Known[at])
			continue
		}
		there, err := c.arrived(ctx, out, from, text)
		switch {
		case err != nil:
			return got, err
		case there && c.sin == stopsShort:
			return connector.Receipt{Parts: []connector.Part{{Fingerprint: whole}}, Found: true}, nil
		case there:
			got.Parts = append(got.Parts, connector.Part{N: n, Fingerprint: whole})
			continue
		}
		got.Found = false
		var made toyPost
		if err := c.call(ctx, http.MethodPost, "/threads/"+out.Thread.ExternalID, toyPost{From: from, Text: text}, &made); err != nil {
			return got, err
		}
		if c.sin != forgetsParts {
			got.Parts = append(got.Parts, connector.Part{N: n, ExternalID: made.ID, Fingerprint: whole})
		}
	}
	return got, nil
}

func (c *toy) arrived(ctx context.Context, out connector.Outbound, from, text string) (bool, error) {
	if !out.Unsure || c.sin == sendsBlindly {
		return false, nil
	}
	var posts []toyPost
	if err := c.call(ctx, http.MethodGet, "/threads/"+out.Thread.ExternalID, nil, &posts); err != nil {
		return false, err
	}
	known, err := out.SentBefore(c.Fingerprint(out.Message))
	if c.sin == countsNothing {
		known = 0
	}
	there := 0
	for _, p := range posts {
		if p.From == from && p.Text == text {
			there++
		}
	}
	return there > known || c.sin == findsAlways, err
}

func (c *toy) call(ctx context.Context, method, path string, body, into any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	q, err := http.NewRequestWithContext(ctx, method, c.set.URL+path, bytes.NewReader(raw))
	if err != nil {
		return err
	}
	q.SetBasicAuth(c.set.User, c.set.Key)
	if c.sin == logs {
		c.deps.Log.Debug("call", "header", q.Header)
	}
	res, sent, err := safehttp.Do(c.deps.Operator, q)
	if err != nil {
		return c.failed(sent, err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return c.refused(res)
	}
	if into != nil && json.NewDecoder(res.Body).Decode(into) != nil {
		return &connector.SendError{Class: connector.Uncertain, Scope: connector.ScopeThread, Reason: "the answer cannot be read"}
	}
	return nil
}

func (c *toy) failed(sent bool, err error) error {
	class := connector.Retryable
	if sent && c.sin != neverUnsure {
		class = connector.Uncertain
	}
	if c.sin == tells {
		err = fmt.Errorf("with %s: %w", c.set.Key, err)
	}
	return &connector.SendError{Class: class, Scope: connector.ScopeInbox, Reason: "the toy cannot be reached", Err: err}
}

func (c *toy) refused(res *http.Response) error {
	e := &connector.SendError{Class: connector.Permanent, Scope: connector.ScopeInbox, Reason: "the toy answered " + res.Status, Err: errors.New(res.Status)}
	switch {
	case res.StatusCode == http.StatusTooManyRequests:
		seconds, _ := strconv.Atoi(res.Header.Get("Retry-After"))
		e.Class, e.RetryAfter = connector.Retryable, time.Duration(seconds)*time.Second
		if c.sin == noPause {
			e.RetryAfter = 0
		}
	case res.StatusCode >= 500 && c.sin != givesUp:
		e.Class = connector.Uncertain
	case res.StatusCode == http.StatusNotFound && c.sin == tiresNot:
		e.Class = connector.Retryable
	}
	return e
}

// Receive believes what is signed with the key.
func (c *toy) Receive(_ context.Context, r *connector.Request) (connector.Received, error) {
	if c.sin != believes && r.Header.Get("Toy-Signature") != toySign(r.Body) {
		return connector.Received{}, kefu.Errorf(kefu.KindUnauthorized, "the hook is not signed with api_key")
	}
	var body struct{ Thread, From, Text string }
	if err := json.Unmarshal(r.Body, &body); err != nil {
		return connector.Received{}, kefu.Wrap(kefu.KindMalformed, err, "the hook is not JSON")
	}
	in := connector.Inbound{Kind: connector.InMessage, Key: r.Header.Get("Toy-Id"), ThreadID: body.Thread, FingerprintSent: c.print(body.From, body.Text),
		Sender: connector.Sender{Kind: kefu.AuthorContact, Name: body.From}, Content: kefu.Content{Type: kefu.ContentText, Text: body.Text}, OccurredAt: r.Now}
	if c.sin == keyless {
		in.Key = fmt.Sprint(time.Now().UnixNano())
	}
	return connector.Received{Inbound: []connector.Inbound{in}, Respond: func([]connector.Result) any { return nil }}, nil
}

// Mark adds a state, unless it is there.
func (c *toy) Mark(ctx context.Context, m connector.Mark) error {
	var posts []toyPost
	if err := c.call(ctx, http.MethodGet, "/threads/"+m.Thread.ExternalID, nil, &posts); err != nil {
		return err
	}
	for _, p := range posts {
		if p.ID == m.ExternalID && strings.HasSuffix(p.Mark, ","+string(m.State)) && c.sin != marksAgain {
			return nil
		}
	}
	return c.call(ctx, http.MethodPost, "/posts/"+m.ExternalID+"/marks?state="+string(m.State), nil, nil)
}

// SendStatus closes; what is closed already is done.
func (c *toy) SendStatus(ctx context.Context, t connector.Thread, _ connector.StatusChange) error {
	err := c.call(ctx, http.MethodPut, "/threads/"+t.ExternalID+"/closed", nil, nil)
	if err != nil && strings.Contains(err.Error(), "409") && c.sin != closesOnce {
		return nil
	}
	return err
}

// Probe asks who the key belongs to.
func (c *toy) Probe(ctx context.Context) ([]connector.Finding, error) {
	if c.sin == meddles {
		_ = c.call(ctx, http.MethodPost, "/threads/t1", toyPost{Text: "probing"}, nil)
	}
	err := c.call(ctx, http.MethodGet, "/me", nil, nil)
	if err == nil || c.sin == blind {
		return []connector.Finding{{Level: connector.LevelOK, Check: "key", Words: "the key is good"}}, nil
	}
	f := connector.Finding{Level: connector.LevelFail, Check: "key", Words: err.Error(), Mend: "check url and the api key"}
	if c.sin == mendless {
		f.Mend = ""
	}
	return []connector.Finding{f}, nil
}
