package discord_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"time"

	"go.uber.org/goleak"

	"kefu/internal/fake/discord"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start runs a server for one test.
func start(t *testing.T, o discord.Options) *discord.Server {
	t.Helper()
	s := discord.New(o)
	if err := s.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// bot makes plain REST calls; the fake's answers are judged raw.
type bot struct {
	t      *testing.T
	s      *discord.Server
	client *http.Client
}

func newBot(t *testing.T, s *discord.Server) *bot {
	tr := &http.Transport{}
	t.Cleanup(tr.CloseIdleConnections)
	return &bot{t, s, &http.Client{Transport: tr, Timeout: 10 * time.Second}}
}

// answer is a decoded reply.
type answer struct {
	Status int
	Header http.Header
	Raw    []byte
	JSON   map[string]any
}

// code is Discord's error code in the body.
func (a answer) code() int {
	n, _ := a.JSON["code"].(float64)
	return int(n)
}

func (b *bot) try(method, path string, body any) (answer, error) {
	b.t.Helper()
	var in io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			b.t.Fatal(err)
		}
		in = bytes.NewReader(raw)
	}
	q, err := http.NewRequestWithContext(b.t.Context(), method, b.s.APIURL()+path, in)
	if err != nil {
		b.t.Fatal(err)
	}
	q.Header.Set("Content-Type", "application/json")
	q.Header.Set("User-Agent", "DiscordBot (https://example.com, 1)")
	q.Header.Set("Authorization", "Bot "+b.s.Token())
	res, err := b.client.Do(q)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	a := answer{Status: res.StatusCode, Header: res.Header}
	if a.Raw, err = io.ReadAll(res.Body); err != nil {
		return a, err
	}
	_ = json.Unmarshal(a.Raw, &a.JSON) // lists and HTML stay raw
	return a, nil
}

// do is try for calls that must be answered.
func (b *bot) do(method, path string, body any) answer {
	b.t.Helper()
	a, err := b.try(method, path, body)
	if err != nil {
		b.t.Fatalf("%s %s: %v", method, path, err)
	}
	return a
}

// must is do for calls that must succeed; it returns the object's id.
func (b *bot) must(method, path string, body any) string {
	b.t.Helper()
	a := b.do(method, path, body)
	if a.Status >= 300 {
		b.t.Fatalf("%s %s: %d %s", method, path, a.Status, a.Raw)
	}
	id, _ := a.JSON["id"].(string)
	return id
}

// want checks status and code of an answer.
func (b *bot) want(a answer, status, code int) {
	b.t.Helper()
	if a.Status != status || a.code() != code {
		b.t.Errorf("answer %d, code %d, %s; want %d, code %d", a.Status, a.code(), a.Raw, status, code)
	}
}

type obj = map[string]any
