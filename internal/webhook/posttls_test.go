package webhook_test

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"kefu/internal/fake/receiver"
	"kefu/internal/safehttp"
	"kefu/internal/webhook"
)

// overTLS is a server that never sees a request when the client is strict; edit changes how it shakes hands.
func overTLS(t *testing.T, h http.HandlerFunc, edit func(*httptest.Server)) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	edit(s)
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// trusting is a poster that trusts a certificate.
func trusting(t *testing.T, cert *x509.Certificate) *webhook.Poster {
	t.Helper()
	roots := x509.NewCertPool()
	roots.AddCert(cert)
	p := webhook.PosterWith(safehttp.Options{Allow: loop(), RootCAs: roots}, "1")
	t.Cleanup(p.Close)
	return p
}

// Whoever cannot show that it is the host that was saved gets no byte of a request.
func TestPostTrustsOnlyTheHostThatWasSaved(t *testing.T) {
	reached := func(http.ResponseWriter, *http.Request) { t.Error("a request came through") }
	good := overTLS(t, reached, func(*httptest.Server) {})
	_, port, _ := net.SplitHostPort(good.Listener.Addr().String())
	old := overTLS(t, reached, func(s *httptest.Server) {
		s.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
	})
	strict := overTLS(t, reached, func(s *httptest.Server) {
		s.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert, MinVersion: tls.VersionTLS13}
	})
	expired := receiver.New(receiver.Options{TLS: true, Now: func() time.Time { return time.Now().AddDate(0, -3, 0) }})
	if err := expired.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(expired.Close)
	plain := speak(t, func(c net.Conn, _ *bufio.Reader) { _, _ = io.WriteString(c, "HTTP/1.0 400 no TLS here\r\n\r\n") })
	noise := speak(t, func(c net.Conn, _ *bufio.Reader) { _, _ = io.WriteString(c, "220 mail.example ESMTP ready\r\n") })
	cut := speak(t, func(_ net.Conn, r *bufio.Reader) { _, _ = r.ReadByte() })
	mute := speak(t, func(_ net.Conn, r *bufio.Reader) { _, _ = io.Copy(io.Discard, r) })
	secure := func(url string) string { return strings.Replace(url, "http:", "https:", 1) }

	for name, tt := range map[string]struct {
		p     *webhook.Poster
		url   string
		class string
	}{
		"unknown authority":    {poster(t, nil), good.URL, webhook.FailTLS},
		"wrong name":           {trusting(t, good.Certificate()), "https://localhost:" + port, webhook.FailTLS},
		"expired":              {poster(t, expired), expired.URL(), webhook.FailTLS},
		"TLS 1.1":              {trusting(t, old.Certificate()), old.URL, webhook.FailTLS},
		"wants to know who":    {trusting(t, strict.Certificate()), strict.URL, webhook.FailTLS},
		"plain HTTP":           {poster(t, nil), secure(plain), webhook.FailTLS},
		"another protocol":     {poster(t, nil), secure(noise), webhook.FailTLS},
		"cut in the handshake": {poster(t, nil), secure(cut), webhook.FailBroken},
		"no handshake":         {poster(t, nil), secure(mute), webhook.FailTimeout},
	} {
		res := tt.p.Post(t.Context(), first(t, tt.url))
		if res.Error != tt.class || res.Status != 0 || res.Duration > time.Second+slack {
			t.Errorf("%s: %+v, want %s", name, res, tt.class)
		}
	}
	if expired.Count() != 0 {
		t.Error("a request came through to a server whose certificate has expired")
	}
}

func TestPostOverHTTP2(t *testing.T) {
	s := overTLS(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.ProtoMajor != 2 || r.Header.Get("Webhook-Id") != postID:
			t.Errorf("%s, %v", r.Proto, r.Header)
		case r.URL.Path == "/abort":
			panic(http.ErrAbortHandler)
		case r.URL.Path == "/cut":
			w.WriteHeader(http.StatusAccepted)
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		case r.URL.Path == "/silence":
			<-r.Context().Done()
		case r.URL.Path == "/headers":
			for range 2000 {
				w.Header().Add("X-Endless", strings.Repeat("x", 100))
			}
		}
		_, _ = io.WriteString(w, "ok")
	}, func(s *httptest.Server) { s.EnableHTTP2 = true })
	p := trusting(t, s.Certificate())
	for path, want := range map[string]webhook.Result{
		"/": {Status: 200, Answer: "ok"}, "/cut": {Status: 202}, "/abort": {Error: webhook.FailBroken}, "/silence": {Error: webhook.FailTimeout},
		"/headers": {Error: webhook.FailAnswer},
	} {
		res := p.Post(t.Context(), first(t, s.URL+path))
		if res.Status != want.Status || res.Error != want.Error || res.Answer != want.Answer || res.Address != s.Listener.Addr().String() {
			t.Errorf("%s: %+v, want %+v", path, res, want)
		}
	}
}
