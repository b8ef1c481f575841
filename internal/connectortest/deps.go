package connectortest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/safehttp"
)

// maxFile bounds what Files keeps of one address.
const maxFile = 10 << 20

// Deps gives a connector what the real program would: clients that really fetch, also from this machine, and everything else in memory.
// State is a *State, Directory a *Directory and Files a *Files. What is logged goes to log. Connections end with the test.
func Deps(tb testing.TB, log io.Writer) connector.Deps {
	tb.Helper()
	limits := safehttp.Options{MaxBody: maxFile, Timeout: time.Minute}
	guarded := limits
	guarded.Allow = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	d := connector.Deps{
		Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})), Now: time.Now,
		Operator: safehttp.Operator(limits), Guarded: safehttp.Guarded(guarded),
		State: &State{}, Directory: &Directory{}, PublicURL: "https://kefu.example", NoPacing: true,
	}
	d.Files = &Files{Client: d.Guarded}
	tb.Cleanup(d.Operator.CloseIdleConnections)
	tb.Cleanup(d.Guarded.CloseIdleConnections)
	return d
}

// Log is a writer for logs that may be read while it is written. Its zero value is empty.
type Log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write adds to the log.
func (l *Log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

// String gives what was logged.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// State is connector.State in memory. Its zero value is empty.
type State struct {
	mu     sync.Mutex
	values map[string]string
}

// Load reads a value; an unknown key is "".
func (s *State) Load(_ context.Context, key string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.values[key], nil
}

// Save keeps a value.
func (s *State) Save(_ context.Context, key, value string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.values == nil {
		s.values = map[string]string{}
	}
	s.values[key] = value
	return nil
}

// Directory is connector.Directory in memory. Its zero value is empty.
type Directory struct {
	mu      sync.Mutex
	threads []connector.Thread
}

// Put enters a thread, in place of the one with the same external id.
func (d *Directory) Put(t connector.Thread) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.threads = slices.DeleteFunc(d.threads, func(x connector.Thread) bool { return x.ExternalID == t.ExternalID })
	d.threads = append(d.threads, t)
}

// Threads lists what was entered and is not closed.
func (d *Directory) Threads(context.Context) ([]connector.Thread, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(d.threads), func(t connector.Thread) bool { return t.Closed }), nil
}

// Thread finds what was entered.
func (d *Directory) Thread(_ context.Context, externalID string) (connector.Thread, bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	i := slices.IndexFunc(d.threads, func(t connector.Thread) bool { return t.ExternalID == externalID })
	if i < 0 {
		return connector.Thread{}, false, nil
	}
	return d.threads[i], true, nil
}

// Files is connector.Files in memory. Client fetches what Keep is asked to keep.
type Files struct {
	Client *http.Client
	mu     sync.Mutex
	kept   map[string][]byte
}

// Keep fetches what is behind an address, over HTTP.
func (f *Files) Keep(ctx context.Context, url, name string) (kefu.Attachment, error) {
	body, _, err := safehttp.Fetch(ctx, f.Client, url, maxFile)
	if err != nil {
		return kefu.Attachment{}, err
	}
	if name == "" {
		name = path.Base(url)
	}
	a := f.Put(name, body)
	a.URL = url
	return a, nil
}

// Put keeps a file.
func (f *Files) Put(name string, body []byte) kefu.Attachment {
	sum := sha256.Sum256(body)
	key := hex.EncodeToString(sum[:])
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.kept == nil {
		f.kept = map[string][]byte{}
	}
	f.kept[key] = bytes.Clone(body)
	media, _, _ := strings.Cut(http.DetectContentType(body), ";")
	return kefu.Attachment{Name: name, Type: media, Size: int64(len(body)), SHA256: key}
}

// Open reads a kept file.
func (f *Files) Open(_ context.Context, sum string) (io.ReadCloser, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	body, ok := f.kept[sum]
	if !ok {
		return nil, errors.New("the file is not kept")
	}
	return io.NopCloser(bytes.NewReader(body)), nil
}

// Link is an address for what is kept, "" for anything else.
func (f *Files) Link(a kefu.Attachment) string {
	if a.SHA256 == "" {
		return ""
	}
	return "https://kefu.example/files/" + a.SHA256 + "/" + a.Name
}
