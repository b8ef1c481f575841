package webhook_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"kefu"
	"kefu/internal/fake/receiver"
	"kefu/internal/safehttp"
	"kefu/internal/webhook"
	"kefu/internal/websig"
)

const (
	postSecret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
	postID     = "evt_01HK2V5T8QXJ4M6N7P8R9S0T1V"
	// hidden stands in the path, the query and the credentials: it may be in no result.
	hidden = "S3CRET"
)

// loop is what the tests let a poster reach.
func loop() []netip.Prefix {
	return []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
}

// poster trusts the certificate of s, which may be nil.
func poster(t testing.TB, s *receiver.Server) *webhook.Poster {
	t.Helper()
	o := safehttp.Options{Allow: loop()}
	if s != nil && s.CertPEM() != nil {
		o.RootCAs = x509.NewCertPool()
		o.RootCAs.AppendCertsFromPEM(s.CertPEM())
	}
	p := webhook.PosterWith(o, "1.2.3")
	t.Cleanup(p.Close)
	return p
}

func listenAt(t testing.TB, o receiver.Options) *receiver.Server {
	t.Helper()
	o.Secrets = append(o.Secrets, postSecret)
	s := receiver.New(o)
	if err := s.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// first is a first attempt to a URL, with a timeout of one second.
func first(t testing.TB, url string) webhook.Request {
	t.Helper()
	target := webhook.Target{
		Endpoint: kefu.Endpoint{URL: url, Auth: kefu.AuthBearer, Timeout: time.Second},
		Secrets:  webhook.Secrets{Signing: postSecret, Token: hidden},
	}
	body, err := target.Body([]byte(`{"id":"` + postID + `","event":"message.sent","timestamp":"2024-01-01T10:00:00Z","data":{"content":"你好"}}`))
	if err != nil {
		t.Fatal(err)
	}
	return webhook.Request{Target: target, EventID: postID, Type: "message.sent", Delivery: "whd_7", Attempt: 1, Body: body}
}

// speak is a server of one connection after another that talks as it likes; it counts the requests it read.
func speak(t testing.TB, talk func(c net.Conn, r *bufio.Reader)) (url string) {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			talk(c, bufio.NewReader(c))
			_ = c.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	return "http://" + l.Addr().String()
}

// readRequest reads one request as it stands on the wire.
func readRequest(r *bufio.Reader) (head, body string, err error) {
	length := 0
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return head, "", err
		}
		if line == "\r\n" {
			break
		}
		head += line
		if n, is := strings.CutPrefix(line, "Content-Length: "); is {
			length, _ = strconv.Atoi(strings.TrimSpace(n))
		}
	}
	b := make([]byte, length)
	_, err = io.ReadFull(r, b)
	return head, string(b), err
}

func TestPostSendsWhatTheContractSays(t *testing.T) {
	const b0 = `{"id":"evt_01HK2V5T8QXJ4M6N7P8R9S0T1V","event":"ticket.created","timestamp":"2024-01-01T10:00:00Z","data":{"ticket_id":"ticket_001","title":"产品咨询","description":"想了解产品价格","priority":"medium","status":"pending","assignee_id":"user_123","customer_email":"customer@example.com","created_at":"2024-01-01T10:00:00Z"}}`
	var head, body string
	url := speak(t, func(c net.Conn, r *bufio.Reader) {
		head, body, _ = readRequest(r)
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
	})
	req := first(t, url+"/hook?a=b")
	req.Type, req.Attempt = "ticket.created", 3
	req.Target.Auth, req.Target.Secrets.Username, req.Target.Secrets.Password = kefu.AuthBasic, "kefu", "pass:word"
	req.Target.Secrets.Headers = []webhook.Header{
		{Name: "x-tenant", Value: "a b"}, {Name: "signature", Value: "evil"}, {Name: "Webhook-Id", Value: "evil"}, {Name: "X-WEBHOOK-EVENT", Value: "evil"},
		{Name: "Host", Value: "evil"}, {Name: "content-length", Value: "666"}, {Name: "Transfer-Encoding", Value: "evil"}, {Name: "authorization", Value: "evil"},
		{Name: "Connection", Value: "evil"}, {Name: "User-Agent", Value: "evil"}, {Name: "Expect", Value: "evil"}, {Name: "Content-Type", Value: "evil"},
	}
	sent, err := req.Target.Body([]byte(b0))
	if err != nil {
		t.Fatal(err)
	}
	req.Body = sent
	before := time.Now()
	res := poster(t, nil).Post(t.Context(), req)
	if !res.OK() || res.Status != 200 || res.Answer != "ok" || res.Address != strings.TrimPrefix(url, "http://") {
		t.Fatalf("%+v", res)
	}
	if body != string(sent) || len(body) != 420 {
		t.Errorf("%d bytes: %s", len(body), body)
	}
	_, after, _ := strings.Cut(head, "webhook-timestamp: ")
	stamp, _, _ := strings.Cut(after, "\r\n")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || seconds < before.Unix() || seconds > time.Now().Unix() {
		t.Errorf("timestamp %q, %v", stamp, err)
	}
	standard, _ := websig.Sign(postSecret, postID, time.Unix(seconds, 0), sent)
	for _, line := range []string{
		"POST /hook?a=b HTTP/1.1", "Host: " + strings.TrimPrefix(url, "http://"), "Content-Type: application/json", "Content-Length: 420", "User-Agent: Kefu/1.2.3",
		"Signature: sha256=e67a63969bfc6c0d244e343042f1b26de811759d5ae585a6b7ae2bbf875224c0", "webhook-id: " + postID, "webhook-signature: " + standard,
		"X-Webhook-Event: ticket.created", "X-Webhook-Delivery: whd_7", "X-Webhook-Attempt: 3", "X-Tenant: a b",
		"Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("kefu:pass:word")),
	} {
		if strings.Count(head, line+"\r\n") != 1 {
			t.Errorf("not once: %s", line)
		}
	}
	if strings.Contains(head, "evil") || strings.Contains(head, "666") || strings.Contains(head, "Encoding") || strings.Count(head, "\r\n") != 14 {
		t.Errorf("more than the contract:\n%s", head)
	}
}

func TestPostAuthenticates(t *testing.T) {
	for auth, want := range map[kefu.EndpointAuth]string{kefu.AuthNone: "", kefu.AuthBearer: "Bearer " + hidden} {
		s := listenAt(t, receiver.Options{})
		req := first(t, s.URL())
		req.Target.Auth = auth
		poster(t, nil).Post(t.Context(), req)
		if got := s.Requests()[0].Header.Get("Authorization"); got != want {
			t.Errorf("%s: %q", auth, got)
		}
	}
}

// While a secret is replaced, both sign by Standard Webhooks; the header Signature stays with the one in force.
func TestPostSignsWithEverySecretThatCounts(t *testing.T) {
	const next, previous = "my-shared-secret-0123456789", "my-former-secret-0123456789"
	for name, tt := range map[string]struct {
		secrets webhook.Secrets
		fit     []string
	}{
		"alone":            {webhook.Secrets{Signing: postSecret}, []string{postSecret}},
		"prepared":         {webhook.Secrets{Signing: postSecret, Next: next}, []string{postSecret, next}},
		"promoted":         {webhook.Secrets{Signing: postSecret, Previous: previous, PreviousUntil: time.Now().Add(time.Minute)}, []string{postSecret, previous}},
		"promoted for old": {webhook.Secrets{Signing: postSecret, Previous: previous, PreviousUntil: time.Now().Add(-time.Second)}, []string{postSecret}},
	} {
		s := listenAt(t, receiver.Options{})
		req := first(t, s.URL())
		req.Target.Secrets = tt.secrets
		if res := poster(t, nil).Post(t.Context(), req); !res.OK() {
			t.Fatalf("%s: %+v", name, res)
		}
		got := s.Requests()[0]
		if n := len(strings.Fields(got.Header.Get(websig.HeaderSignature))); n != len(tt.fit) {
			t.Errorf("%s: %d signatures", name, n)
		}
		for _, secret := range tt.fit {
			if _, err := websig.Verify(secret, got.Header, got.Body, time.Now(), 0); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestPostOfABrokenSecretIsNotSent(t *testing.T) {
	s := listenAt(t, receiver.Options{})
	for _, secrets := range []webhook.Secrets{{}, {Signing: "whsec_%"}, {Signing: postSecret, Next: "whsec_"}} {
		req := first(t, s.URL())
		req.Target.Secrets = secrets
		if res := poster(t, nil).Post(t.Context(), req); res.Error != webhook.FailPayload || s.Count() != 0 {
			t.Errorf("%+v, %d came", res, s.Count())
		}
	}
}

func TestPostIsStopped(t *testing.T) {
	s := listenAt(t, receiver.Options{})
	s.Set("", receiver.Fault{Silence: true})
	p := poster(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		_ = s.Wait(t.Context(), func() bool { return s.Count() == 1 })
		cancel()
	}()
	if res := p.Post(ctx, first(t, s.URL())); res.Error != webhook.FailStopped {
		t.Errorf("in the middle: %+v", res)
	}
	if res := p.Post(ctx, first(t, s.URL())); res.Error != webhook.FailStopped || s.Count() != 1 {
		t.Errorf("before it began: %+v", res)
	}
}

// An attempt is one request: net/http repeats none by itself, not even when the operator's header would let it.
func TestPostIsNeverSentTwice(t *testing.T) {
	for _, own := range [][]webhook.Header{nil, {{Name: "Idempotency-Key", Value: "k"}}, {{Name: "x-idempotency-key", Value: "k"}}} {
		seen := make(chan string, 9)
		url := speak(t, func(c net.Conn, r *bufio.Reader) {
			for answered := false; ; answered = true {
				if _, body, err := readRequest(r); err != nil || body == "" {
					return
				}
				if seen <- ""; answered {
					return // the second request of a connection is read and dropped
				}
				_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
			}
		})
		p, req := poster(t, nil), first(t, url)
		req.Target.Secrets.Headers = own
		if res := p.Post(t.Context(), req); !res.OK() {
			t.Fatalf("%+v", res)
		}
		if res := p.Post(t.Context(), req); res.Error != webhook.FailBroken || len(seen) != 2 {
			t.Errorf("%v: %+v after %d requests, want broken after 2", own, res, len(seen))
		}
	}
}

func TestPostKeepsConnectionsAndNoCookies(t *testing.T) {
	s := listenAt(t, receiver.Options{TLS: true})
	s.Set("", receiver.Fault{Header: http.Header{"Set-Cookie": {"a=b"}}, Body: strings.Repeat("x", 16<<10)})
	p := poster(t, s)
	for range 5 {
		if res := p.Post(t.Context(), first(t, s.URL())); !res.OK() || len(res.Answer) != 4<<10 {
			t.Fatalf("%s, %d bytes", res.Error, len(res.Answer))
		}
	}
	if s.Conns() != 1 {
		t.Errorf("%d connections", s.Conns())
	}
	for _, r := range s.Requests() {
		if r.Header.Get("Cookie") != "" {
			t.Error("a cookie came back")
		}
	}
	// One byte more, and the answer is not read to its end: the connection is not trusted with another request.
	s.Set("", receiver.Fault{Body: strings.Repeat("x", 16<<10+1)})
	for range 3 {
		if res := p.Post(t.Context(), first(t, s.URL())); !res.OK() {
			t.Fatalf("%+v", res)
		}
	}
	if s.Conns() != 3 {
		t.Errorf("%d connections", s.Conns())
	}
}

// Addresses that were saved while they were allowed are refused when they no longer are.
func TestPostRefusesHTTPWhenItIsNotAllowed(t *testing.T) {
	s := listenAt(t, receiver.Options{})
	for _, allowed := range []bool{false, true} {
		w := webhook.New(webhook.Options{Allow: loop(), AllowHTTP: allowed})
		t.Cleanup(w.Close)
		if res := w.Post(t.Context(), first(t, s.URL())); res.OK() != allowed || (res.Error == webhook.FailBlocked) == allowed {
			t.Errorf("allowed %v: %+v", allowed, res)
		}
	}
	if s.Count() != 1 {
		t.Errorf("%d requests", s.Count())
	}
}

func BenchmarkPost(b *testing.B) {
	p := poster(b, nil)
	req := first(b, "")
	benchmarkPosts(b, func(url string) error {
		req := req
		req.Target.URL = url
		if res := p.Post(b.Context(), req); !res.OK() {
			return fmt.Errorf("%+v", res)
		}
		return nil
	})
}

// BenchmarkBarePost is the least that signs and posts: what BenchmarkPost is held against.
func BenchmarkBarePost(b *testing.B) {
	client := &http.Client{Timeout: time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	b.Cleanup(client.CloseIdleConnections)
	req := first(b, "")
	benchmarkPosts(b, func(url string) error { return barePost(b.Context(), client, url, req) })
}

func barePost(ctx context.Context, client *http.Client, url string, req webhook.Request) error {
	now := time.Now()
	outer, err := websig.BodySignature(postSecret, req.Body)
	if err != nil {
		return err
	}
	standard, err := websig.Sign(postSecret, req.EventID, now, req.Body)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(req.Body))
	if err != nil {
		return err
	}
	for name, value := range map[string]string{"Content-Type": "application/json", "Signature": outer, "webhook-id": req.EventID, "X-Webhook-Event": req.Type,
		"webhook-timestamp": strconv.FormatInt(now.Unix(), 10), "webhook-signature": standard, "X-Webhook-Delivery": req.Delivery, "X-Webhook-Attempt": "1"} {
		r.Header.Set(name, value)
	}
	resp, err := client.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}

// benchmarkPosts calls post from 32 goroutines, at a receiver that does nothing.
func benchmarkPosts(b *testing.B, post func(url string) error) {
	url := idle(b)
	b.SetParallelism(16)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := post(url); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

func idle(b *testing.B) (url string) {
	b.Helper()
	l, err := new(net.ListenConfig).Listen(b.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	srv := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, "ok")
	})}
	go func() { _ = srv.Serve(l) }()
	b.Cleanup(func() { _ = srv.Close() })
	return "http://" + l.Addr().String()
}
