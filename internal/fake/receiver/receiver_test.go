package receiver_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"kefu/internal/fake/receiver"
	"kefu/internal/websig"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

func start(t *testing.T, o receiver.Options) *receiver.Server {
	t.Helper()
	s := receiver.New(o)
	if err := s.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func client(t *testing.T, s *receiver.Server) *http.Client {
	t.Helper()
	tr := &http.Transport{}
	if pem := s.CertPEM(); pem != nil {
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(pem)
		tr.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Timeout: 5 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// signed makes a request as the contract has it, signed with key.
func signed(t *testing.T, url, key, id string) *http.Request {
	t.Helper()
	b0 := fmt.Sprintf(`{"id":%q,"event":"message.sent","timestamp":"2024-01-01T10:00:00Z","data":{"n":1}}`, id)
	body, err := websig.Embed(key, []byte(b0))
	if err != nil {
		t.Fatal(err)
	}
	header, _ := websig.BodySignature(key, body)
	now := time.Now()
	standard, err := websig.Sign(key, id, now, body)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"Content-Type": "application/json", "Signature": header, "webhook-id": id, "webhook-timestamp": strconv.FormatInt(now.Unix(), 10),
		"webhook-signature": standard, "X-Webhook-Event": "message.sent", "X-Webhook-Delivery": "whd_7", "X-Webhook-Attempt": "2",
	} {
		req.Header.Set(name, value)
	}
	return req
}

// send gives the status, 0 when there was none, and the body as far as it came.
func send(c *http.Client, req *http.Request) (status int, body string, err error) {
	resp, err := c.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(b), err
}

func TestWhatCameIsInTheLedger(t *testing.T) {
	for _, overTLS := range []bool{false, true} {
		s := start(t, receiver.Options{Secrets: []string{"another-secret-0123456789", secret}, TLS: overTLS})
		if status, _, err := send(client(t, s), signed(t, s.URL()+"/hook", secret, "evt_1")); status != http.StatusOK {
			t.Fatalf("TLS %v: %d, %v", overTLS, status, err)
		}
		all := s.Requests()
		if len(all) != 1 || s.Count() != 1 || s.Unique() != 1 || s.Rejected() != 0 || !s.Took("evt_1") || s.Conns() != 1 {
			t.Fatalf("TLS %v: %d kept, %d came, %d taken, %d rejected", overTLS, len(all), s.Count(), s.Unique(), s.Rejected())
		}
		r := all[0]
		if r.Verified != nil || r.N != 1 || r.Path != "/hook" || r.ID != "evt_1" || r.Attempt != 2 || r.Delivery != "whd_7" || r.Status != 200 || !r.Taken {
			t.Errorf("%+v", r)
		}
		if e := r.Event; e.ID != "evt_1" || e.Type != "message.sent" || e.Timestamp != "2024-01-01T10:00:00Z" || string(e.Data) != `{"n":1}` {
			t.Errorf("%+v", e)
		}
	}
}

func TestWrongSignaturesAreRefused(t *testing.T) {
	for name, spoil := range map[string]func(*http.Request){
		"header":       func(r *http.Request) { r.Header.Set("Signature", "sha256="+strings.Repeat("0", 64)) },
		"two headers":  func(r *http.Request) { r.Header.Add("Signature", r.Header.Get("Signature")) },
		"standard":     func(r *http.Request) { r.Header.Set("webhook-signature", "v1,AAAA") },
		"old":          func(r *http.Request) { r.Header.Set("webhook-timestamp", "1704103205") },
		"id":           func(r *http.Request) { r.Header.Set("webhook-id", "evt_2") },
		"event":        func(r *http.Request) { r.Header.Set("X-Webhook-Event", "message.failed") },
		"content type": func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") },
		"method":       func(r *http.Request) { r.Method = http.MethodPut },
		"body": func(r *http.Request) {
			b, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(strings.NewReader(strings.Replace(string(b), `"n":1`, `"n":2`, 1)))
		},
		"member": func(r *http.Request) {
			b, _ := io.ReadAll(r.Body)
			b0, _, _ := websig.Strip(b)
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader(string(b0))), int64(len(b0))
			header, _ := websig.BodySignature(secret, b0)
			r.Header.Set("Signature", header)
			seconds, _ := strconv.ParseInt(r.Header.Get("webhook-timestamp"), 10, 64)
			standard, _ := websig.Sign(secret, "evt_1", time.Unix(seconds, 0), b0)
			r.Header.Set("webhook-signature", standard)
		},
		"secret": func(r *http.Request) { *r = *signed(t, r.URL.String(), "another-secret-0123456789", "evt_1") },
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, receiver.Options{Secrets: []string{secret}})
			req := signed(t, s.URL(), secret, "evt_1")
			spoil(req)
			if status, _, err := send(client(t, s), req); status != http.StatusUnauthorized {
				t.Errorf("%d, %v", status, err)
			}
			if r := s.Requests(); len(r) != 1 || r[0].Verified == nil || s.Rejected() != 1 || s.Unique() != 0 {
				t.Errorf("%+v", r)
			}
		})
	}
}

func TestAnEventIsTakenOnce(t *testing.T) {
	var took []string
	s := start(t, receiver.Options{Secrets: []string{secret}, Take: func(e receiver.Event) { took = append(took, e.ID) }})
	c := client(t, s)
	s.Set("", receiver.Fault{Status: 500, Times: 2})
	s.Set("/dies", receiver.Fault{Reset: true, Done: true, Times: 1})
	for range 4 {
		_, _, _ = send(c, signed(t, s.URL(), secret, "evt_1"))
		_, _, _ = send(c, signed(t, s.URL()+"/dies", secret, "evt_2"))
	}
	if s.Count() != 8 || s.Unique() != 2 || fmt.Sprint(took) != "[evt_2 evt_1]" {
		t.Errorf("%d requests, %d taken: %v", s.Count(), s.Unique(), took)
	}
	var statuses []int
	for _, r := range s.ByID("evt_1") {
		statuses = append(statuses, r.Status)
	}
	if fmt.Sprint(statuses) != "[500 500 200 200]" {
		t.Errorf("answered %v", statuses)
	}
	if s.Forget(); s.Count() != 0 || s.Took("evt_1") || len(s.Requests()) != 0 {
		t.Error("forgetting left something")
	}
}

func TestWhatIsKeptIsBounded(t *testing.T) {
	s := start(t, receiver.Options{Brief: true, MaxRequests: 3, MaxIDs: 2, MaxBody: 1000})
	c := client(t, s)
	for i := range 7 {
		if status, _, err := send(c, signed(t, s.URL(), secret, fmt.Sprint("evt_", i))); status != http.StatusOK {
			t.Fatal(status, err)
		}
	}
	all := s.Requests()
	if len(all) != 3 || all[0].ID != "evt_4" || all[2].ID != "evt_6" || all[0].Body != nil || all[0].Header != nil || all[0].Hash == [32]byte{} {
		t.Errorf("%+v", all)
	}
	if s.Count() != 7 || s.Unique() != 7 || s.Took("evt_1") || !s.Took("evt_5") || !s.Took("evt_6") {
		t.Errorf("%d came, %d taken", s.Count(), s.Unique())
	}
	req := signed(t, s.URL(), secret, "evt_8")
	req.Body, req.ContentLength = io.NopCloser(strings.NewReader(strings.Repeat("x", 1001))), 1001
	if status, _, err := send(c, req); status != http.StatusRequestEntityTooLarge {
		t.Errorf("a long body: %d, %v", status, err)
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	short := 20 * time.Millisecond
	for name, tt := range map[string]struct {
		fault  receiver.Fault
		status int
		fails  bool // the reading, of headers or body
	}{
		"status":      {receiver.Fault{Status: 410, Body: "gone"}, 410, false},
		"redirect":    {receiver.Fault{Redirect: "http://127.0.0.1:1/"}, 307, false},
		"choices":     {receiver.Fault{Redirect: "/", Status: 300}, 300, false},
		"delay":       {receiver.Fault{Delay: short}, 200, false},
		"silence":     {receiver.Fault{Silence: true}, 0, true},
		"interim":     {receiver.Fault{Status: 199}, 0, true},
		"drip":        {receiver.Fault{DripHeaders: true, Every: short}, 0, true},
		"endless":     {receiver.Fault{EndlessHeaders: true}, 0, true},
		"garbage":     {receiver.Fault{Garbage: true}, 0, true},
		"reset":       {receiver.Fault{Reset: true}, 0, true},
		"reset later": {receiver.Fault{Reset: true, Status: 200, Body: "begin"}, 200, true},
		"drip body":   {receiver.Fault{DripBody: true, Every: short}, 200, true},
		"stall":       {receiver.Fault{StallAfterStatus: true, Status: 202}, 202, true},
	} {
		for _, overTLS := range []bool{false, true} {
			t.Run(fmt.Sprint(name, " TLS ", overTLS), func(t *testing.T) {
				t.Parallel()
				s := start(t, receiver.Options{Secrets: []string{secret}, TLS: overTLS})
				s.Set("/bad", tt.fault)
				c := client(t, s)
				c.Timeout = 300 * time.Millisecond
				status, _, err := send(c, signed(t, s.URL()+"/bad", secret, "evt_1"))
				if status != tt.status || (err != nil) != tt.fails {
					t.Errorf("%d, %v; want %d, failing %v", status, err, tt.status, tt.fails)
				}
				if r := s.Requests(); len(r) != 1 || r[0].Verified != nil || r[0].Taken != (tt.status/100 == 2) {
					t.Errorf("%+v", r)
				}
				if status, _, err := send(c, signed(t, s.URL()+"/good", secret, "evt_2")); status != http.StatusOK {
					t.Errorf("another path: %d, %v", status, err)
				}
				if s.Clear(); tt.status != 200 {
					if status, _, err := send(c, signed(t, s.URL()+"/bad", secret, "evt_3")); status != http.StatusOK {
						t.Errorf("cleared: %d, %v", status, err)
					}
				}
			})
		}
	}
}

func TestGzipBombUnpacksTo50MB(t *testing.T) {
	s := start(t, receiver.Options{})
	s.Set("", receiver.Fault{GzipBomb: true})
	if _, body, err := send(client(t, s), signed(t, s.URL(), secret, "evt_1")); err != nil || len(body) != 50<<20 || s.Written() > 1<<20 {
		t.Errorf("%d bytes of %d, %v", len(body), s.Written(), err)
	}
}

func TestWaitAndDown(t *testing.T) {
	s := start(t, receiver.Options{})
	c, url := client(t, s), s.URL()
	if err := s.SetDown(true); err != nil {
		t.Fatal(err)
	}
	if _, _, err := send(c, signed(t, url, secret, "evt_1")); err == nil || s.Count() != 0 {
		t.Errorf("reached while it is down: %v", err)
	}
	if err := s.SetDown(false); err != nil || s.URL() != url {
		t.Fatal(err, s.URL())
	}
	var sends sync.WaitGroup
	for i := range 20 {
		sends.Go(func() { _, _, _ = send(c, signed(t, url, secret, fmt.Sprint("evt_", i%10))) })
	}
	if err := s.Wait(t.Context(), func() bool { return s.Count() == 20 && s.Unique() == 10 }); err != nil {
		t.Error(err)
	}
	sends.Wait()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := s.Wait(ctx, func() bool { return false }); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}
