package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"kefu"
	"kefu/internal/auth"
	"kefu/internal/strictjson"
)

// MaxBody is the largest body of a call, in bytes; uploads have limits of their own.
const MaxBody = 1 << 20

// Authenticator knows who asks and how often they may (*auth.Auth).
type Authenticator interface {
	// Authenticate tells who sends a request; Unauthorized and Forbidden errors say why it is nobody.
	Authenticate(ctx context.Context, r auth.Request) (kefu.Caller, error)
	// Allow counts the request; over the limit the error is RateLimited. The zero Caller is somebody who has not said who they are.
	Allow(ctx context.Context, c kefu.Caller, visitor netip.Addr) (auth.Limit, error)
}

// guard is what every call of the API goes through before its handler: what is sent is well formed, who sends it is known, and they may.
func (s *server) guard(o *operation, next func(http.ResponseWriter, *http.Request)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		out := &response{ResponseWriter: w}
		defer s.rescue(out, r)
		a := &asked{}
		if err := s.admit(out, r, o, a); err != nil {
			s.problem(out, r, err)
			return
		}
		a.request = r.WithContext(context.WithValue(r.Context(), askedKey{}, a))
		next(out, a.request)
	}
}

func (s *server) admit(w http.ResponseWriter, r *http.Request, o *operation, a *asked) error {
	if err := readable(r.URL); err != nil {
		return err
	}
	body, err := s.body(w, r, o)
	if err != nil {
		return err
	}
	if err := s.identify(w, r, o, a, body); err != nil {
		return err
	}
	if o.scope != open && o.scope != anyone && !a.ask.Caller.May(o.scope) {
		return kefu.Errorf(kefu.KindForbidden, "the scope %s is needed", o.scope)
	}
	a.ask.IfMatch = strings.Join(r.Header.Values("If-Match"), ",")
	if r.Method != http.MethodPost {
		return nil
	}
	return once(r, body, &a.ask)
}

// identify finds the caller and counts the call. Whoever shows wrong credentials is counted by address, so that guessing has a limit too.
func (s *server) identify(w http.ResponseWriter, r *http.Request, o *operation, a *asked, body []byte) error {
	address, _ := s.client(r)
	if o.scope != open {
		who, err := s.Auth.Authenticate(r.Context(), auth.Request{Method: r.Method, Target: r.RequestURI, Header: r.Header, Body: body, Address: address})
		if err != nil {
			if kefu.KindOf(err) == kefu.KindUnauthorized {
				w.Header().Set("WWW-Authenticate", `Bearer realm="kefu"`)
			}
			return errors.Join(s.count(w, r, kefu.Caller{}, address), err)
		}
		a.ask.Caller = who
	}
	if a.ask.Caller.Address == "" {
		a.ask.Caller.Address = address.String()
	}
	return s.count(w, r, a.ask.Caller, address)
}

func (s *server) count(w http.ResponseWriter, r *http.Request, c kefu.Caller, address netip.Addr) error {
	l, err := s.Auth.Allow(r.Context(), c, address)
	if l.Limit > 0 {
		w.Header().Set("RateLimit-Policy", fmt.Sprintf("%q;q=%d;w=%d", l.Name, l.Limit, seconds(l.Window)))
		w.Header().Set("RateLimit", fmt.Sprintf("%q;r=%d;t=%d", l.Name, max(l.Remaining, 0), seconds(l.Reset)))
	}
	if err != nil && l.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(seconds(l.RetryAfter)))
	}
	return err
}

// seconds rounds up: who waits that long waits long enough.
func seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }

// body reads what was sent, once for all who look at it, and lets the decoder have it only when it is well formed.
func (s *server) body(w http.ResponseWriter, r *http.Request, o *operation) ([]byte, error) {
	if o.upload > 0 && r.Header.Get("X-Kefu-Signature") == "" {
		r.Body = http.MaxBytesReader(w, r.Body, o.upload)
		return nil, nil
	}
	var body []byte
	if r.ContentLength != 0 {
		var err error
		if body, err = readAll(http.MaxBytesReader(w, r.Body, MaxBody), r.ContentLength); err != nil {
			return nil, tooMuch(err, o)
		}
	}
	r.Body = &memory{text: body}
	if len(body) == 0 || o.upload > 0 {
		return body, nil
	}
	if kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type")); r.Header.Get("Content-Type") != "" &&
		(err != nil || kind != "application/json" || params["charset"] != "" && !strings.EqualFold(params["charset"], "utf-8")) {
		return nil, kefu.Errorf(kefu.KindUnsupported, "the body must be JSON in UTF-8: send Content-Type: application/json")
	}
	var at *strictjson.SyntaxError
	if err := strictjson.Check(body); errors.As(err, &at) {
		place := fmt.Sprintf("line %d, column %d", at.Line, at.Column)
		return nil, &kefu.Error{Kind: kefu.KindMalformed, Msg: "the body is not JSON that can be read", Faults: kefu.Faults{{Field: place, Msg: at.Msg}}}
	}
	return body, nil
}

// tooMuch says why a body was not read. What is signed is read before it is believed, so it is bounded even where files are taken.
func tooMuch(err error, o *operation) error {
	err = bodyError(err)
	if o.upload > 0 && kefu.KindOf(err) == kefu.KindTooLarge {
		return kefu.Errorf(kefu.KindTooLarge, "a signed body may have at most 1 MiB: send larger files with a key or a token")
	}
	return err
}

func readAll(r io.Reader, length int64) ([]byte, error) {
	if length < 0 || length > MaxBody {
		return io.ReadAll(r)
	}
	body := make([]byte, length)
	n, err := io.ReadFull(r, body)
	return body[:n], err
}

// memory is a body that has been read.
type memory struct {
	text []byte
	at   int
}

// Read gives the next bytes.
func (m *memory) Read(p []byte) (int, error) {
	if m.at == len(m.text) {
		return 0, io.EOF
	}
	n := copy(p, m.text[m.at:])
	m.at += n
	return n, nil
}

// Close does nothing: the connection is the server's.
func (m *memory) Close() error { return nil }

// readable refuses an address that no text can come from: what it names would be compared with, or kept among, proper text.
func readable(u *url.URL) error {
	if !text(u.Path) {
		return kefu.Errorf(kefu.KindMalformed, "the path is not text in UTF-8")
	}
	if u.RawQuery == "" {
		return nil
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return kefu.Wrap(kefu.KindMalformed, err, "the query cannot be read: write special characters as %XX")
	}
	var f kefu.Faults
	for name, values := range query {
		for _, value := range values {
			if !text(name) || !text(value) {
				f.Add(shown(name), "is not text in UTF-8")
			}
		}
		if len(values) > 1 {
			f.Add(shown(name), "is given twice: separate several values by commas")
		}
	}
	if len(f) > 0 {
		return &kefu.Error{Kind: kefu.KindMalformed, Msg: "the query cannot be read", Faults: f}
	}
	return nil
}

// shown is a name from outside as an answer may show it.
func shown(name string) string { return kefu.Excerpt(strings.ToValidUTF8(name, "\ufffd"), 100) }

func text(s string) bool { return utf8.ValidString(s) && !strings.Contains(s, "\x00") }

// once takes the Idempotency-Key. The fingerprint is of everything that makes two requests the same.
func once(r *http.Request, body []byte, a *kefu.Ask) error {
	keys := r.Header.Values("Idempotency-Key")
	if len(keys) == 0 {
		return nil
	}
	key := keys[0]
	bad := func(c rune) bool { return c < '!' || c > '~' }
	if len(keys) > 1 || key == "" || len(key) > 255 || strings.ContainsFunc(key, bad) {
		var f kefu.Faults
		f.Add("Idempotency-Key", "must be 1 to 255 visible ASCII characters")
		return f.Err("the header cannot be used")
	}
	sum := sha256.New()
	_, _ = fmt.Fprintf(sum, "%s\n%s\n", r.Method, r.RequestURI)
	_, _ = sum.Write(body)
	a.Key, a.Fingerprint = key, hex.EncodeToString(sum.Sum(nil))
	return nil
}
