package vault

import (
	"bytes"
	"compress/gzip"
	"mime"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const year = 365 * 24 * time.Hour

func ask(t *testing.T, v *Vault, method, link string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	path, ok := strings.CutPrefix(link, "https://kefu.example")
	if !ok {
		t.Fatalf("link %q does not begin with the public URL", link)
	}
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	v.Handler().ServeHTTP(w, r)
	return w
}

func TestLinkLeadsToTheFile(t *testing.T) {
	v := open(t, t.TempDir())
	for _, name := range []string{"a.txt", "訂單 截圖（1）.txt", "100%2F?#&;\"'.txt", "a+b=c&d.txt", "~a,b:c@d", "👩\u200d👧.txt", strings.Repeat("龍", 60)} {
		f := put(t, v, "hello", name)
		for _, ttl := range []time.Duration{0, time.Minute, 10 * year} {
			link := v.Link(f, ttl, time.Now())
			if u, err := url.Parse(link); err != nil || !strings.HasPrefix(link, "https://kefu.example/files/"+helloSum+"/") || strings.ContainsAny(link, " \"") {
				t.Fatalf("link %q (%v), %v", link, u, err)
			}
			w := ask(t, v, "GET", link)
			if w.Code != 200 || w.Body.String() != "hello" {
				t.Errorf("%s for %v: %d %q", link, ttl, w.Code, w.Body)
			}
			_, params, err := mime.ParseMediaType(w.Header().Get("Content-Disposition"))
			if err != nil || params["filename"] != f.Name {
				t.Errorf("disposition %q: %q, %v; want %q", w.Header().Get("Content-Disposition"), params["filename"], err, f.Name)
			}
		}
	}
}

func TestLinkEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := open(t, t.TempDir())
		f := put(t, v, "hello", "a.txt")
		minute, ever, decade := v.Link(f, time.Minute, time.Now()), v.Link(f, 0, time.Now()), v.Link(f, 10*year, time.Now())
		over := v.Link(f, -time.Minute, time.Now())
		check := func(when, link string, want int, age string) {
			t.Helper()
			w := ask(t, v, "GET", link)
			if got := w.Header().Get("Cache-Control"); w.Code != want || got != age {
				t.Errorf("%s: %d, Cache-Control %q; want %d, %q", when, w.Code, got, want, age)
			}
		}
		const day = "private, immutable, max-age=86400"
		check("over from the start", over, 410, "no-store")
		check("fresh", minute, 200, "private, immutable, max-age=60")
		time.Sleep(59 * time.Second)
		check("last second", minute, 200, "private, immutable, max-age=1")
		time.Sleep(time.Second)
		check("expired", minute, 410, "no-store")
		check("decade", decade, 200, day)
		time.Sleep(10*year - time.Hour)
		check("end of the decade", decade, 200, "private, immutable, max-age=3540")
		time.Sleep(90 * year)
		check("decade expired", decade, 410, "no-store")
		check("without end", ever, 200, day)
	})
}

func TestChangedLinksOpenNothing(t *testing.T) {
	v := open(t, t.TempDir())
	f := put(t, v, "hello", "a.txt")
	other := put(t, v, "other", "b.txt")
	link := v.Link(f, time.Hour, time.Now())
	start := len("https://kefu.example/files/")
	for i := start; i < len(link); i++ {
		for _, c := range []byte("0aZ-") {
			changed := []byte(link)
			if changed[i] == c || changed[i] == '/' {
				continue
			}
			changed[i] = c
			if w := ask(t, v, "GET", string(changed)); w.Code != 404 || strings.Contains(w.Body.String(), "hello") {
				t.Fatalf("%s: %d", changed, w.Code)
			}
		}
	}
	for name, bad := range map[string]string{
		"another file":   strings.Replace(link, f.SHA256, other.SHA256, 1),
		"no end":         strings.Replace(link, "/"+strings.Split(link, "/")[5]+"/", "/0/", 1),
		"name longer":    link + "x",
		"no name":        link[:strings.LastIndexByte(link, '/')+1],
		"more path":      link + "/x",
		"the folder":     "https://kefu.example/files/",
		"an unkept file": strings.Replace(link, f.SHA256, strings.Repeat("0", 64), 1),
		"path tricks":    "https://kefu.example/files/..%2f..%2fetc/0/x/passwd",
		"other place":    "https://kefu.example/" + f.SHA256,
	} {
		if w := ask(t, v, "GET", bad); w.Code != 404 {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	stranger, err := New(t.TempDir(), bytes.Repeat([]byte{8}, 32), "https://kefu.example", 0)
	if err != nil {
		t.Fatal(err)
	}
	if w := ask(t, v, "GET", stranger.Link(f, 0, time.Now())); w.Code != 404 {
		t.Errorf("signed with another key: %d", w.Code)
	}
}

func TestFileThatIsGone(t *testing.T) {
	dir := t.TempDir()
	v := open(t, dir)
	link := v.Link(put(t, v, "hello", "a.txt"), 0, time.Now())
	if err := os.Remove(filepath.Join(dir, "2c", helloSum[2:])); err != nil {
		t.Fatal(err)
	}
	if w := ask(t, v, "GET", link); w.Code != 404 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

func TestMethodsRangesAndCaches(t *testing.T) {
	v := open(t, t.TempDir())
	link := v.Link(put(t, v, "hello", "a.txt"), 0, time.Now())
	tag := `"` + helloSum + `"`
	for _, tt := range []struct {
		method, header, value string
		code                  int
		body, length          string
	}{
		{"GET", "", "", 200, "hello", "5"},
		{"HEAD", "", "", 200, "", "5"},
		{"GET", "Range", "bytes=1-3", 206, "ell", "3"},
		{"GET", "Range", "bytes=-2", 206, "lo", "2"},
		{"GET", "Range", "bytes=9-", 416, "", ""},
		{"GET", "If-None-Match", tag, 304, "", ""},
		{"GET", "If-None-Match", `"x"`, 200, "hello", "5"},
		{"POST", "", "", 405, "", ""},
		{"DELETE", "", "", 405, "", ""},
	} {
		w := ask(t, v, tt.method, link, tt.header, tt.value)
		if w.Code != tt.code || (tt.code < 300 && (w.Body.String() != tt.body || w.Header().Get("Content-Length") != tt.length)) {
			t.Errorf("%s %s %s: %d %q, length %s", tt.method, tt.header, tt.value, w.Code, w.Body, w.Header().Get("Content-Length"))
		}
	}
	if got := ask(t, v, "GET", link).Header().Get("ETag"); got != tag {
		t.Errorf("ETag %s", got)
	}
}

// What a file is comes from its bytes; what it is called and what it could do in a browser decide nothing.
func TestServedAsWhatItIs(t *testing.T) {
	v := open(t, t.TempDir())
	var z bytes.Buffer
	zw := gzip.NewWriter(&z)
	zw.Close()
	for _, tt := range []struct{ name, content, typ, served, how string }{
		{"x.html", "\x89PNG\r\n\x1a\n", "image/png", "image/png", "inline"},
		{"x.exe", "\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg", "image/jpeg", "inline"},
		{"x.svg", "GIF89a\x01\x00\x01\x00", "image/gif", "image/gif", "inline"},
		{"x", "RIFF\x24\x00\x00\x00WEBPVP8 ", "image/webp", "image/webp", "inline"},
		{"x", "\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom", "video/mp4", "video/mp4", "inline"},
		{"a.txt", "問候", "text/plain", "text/plain; charset=utf-8", "inline"},
		{"a.txt", "\xa7\x41\xa6\x6e", "text/plain", "text/plain", "inline"},
		{"a.png", "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>1</script></svg>", "image/svg+xml", "application/octet-stream", "attachment"},
		{"a.png", "<!DOCTYPE html><script>alert(1)</script>", "text/html", "application/octet-stream", "attachment"},
		{"a.png", "  \n<script>alert(1)</script>", "text/html", "application/octet-stream", "attachment"},
		{"a.png", "#!/usr/bin/env node\nalert(1)", "text/javascript", "application/octet-stream", "attachment"},
		{"a.png", "<?xml version=\"1.0\"?><x/>", "text/xml", "application/octet-stream", "attachment"},
		{"a.png", "<?xml version=\"1.0\"?><html xmlns=\"http://www.w3.org/1999/xhtml\"></html>", "application/xhtml+xml", "application/octet-stream", "attachment"},
		{"a.csv", "a,b\n1,2\n3,4\n", "text/csv", "text/csv", "attachment"},
		{"a.json", `{"a":1}`, "application/json", "application/json", "attachment"},
		{"a.png", "%PDF-1.7\n", "application/pdf", "application/pdf", "attachment"},
		{"a.png", z.String(), "application/gzip", "application/gzip", "attachment"},
		{"a.png", "\x00\x01\x02\x03", "application/octet-stream", "application/octet-stream", "attachment"},
	} {
		f := put(t, v, tt.content, tt.name)
		if f.Type != tt.typ {
			t.Errorf("%q: Type %q, want %q", tt.content, f.Type, tt.typ)
		}
		h := ask(t, v, "GET", v.Link(f, 0, time.Now())).Header()
		how, _, _ := mime.ParseMediaType(h.Get("Content-Disposition"))
		if h.Get("Content-Type") != tt.served || how != tt.how {
			t.Errorf("%q: served as %q, %s; want %q, %s", tt.content, h.Get("Content-Type"), how, tt.served, tt.how)
		}
		csp := h.Get("Content-Security-Policy")
		if h.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(csp, "sandbox;") || !strings.Contains(csp, "default-src 'none'") {
			t.Errorf("%q: not fenced in: %v", tt.content, h)
		}
	}
}

// The address is the key: it must not leak to other sites, caches or search engines.
func TestLinkStaysPrivate(t *testing.T) {
	v := open(t, t.TempDir())
	h := ask(t, v, "GET", v.Link(put(t, v, "hello", "a"), 0, time.Now())).Header()
	for name, want := range map[string]string{"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"} {
		if got := h.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if !strings.HasPrefix(h.Get("Cache-Control"), "private") {
		t.Errorf("Cache-Control %q", h.Get("Cache-Control"))
	}
}
