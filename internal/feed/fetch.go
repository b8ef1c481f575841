package feed

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"kefu/internal/safehttp"
)

const (
	fetchTime    = 20 * time.Second
	maxBody      = 5 << 20
	maxRedirects = 3
	wanted       = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
)

// Client makes the client that feeds are read with. allow lists networks that it may reach besides public ones.
func Client(allow []netip.Prefix, userAgent string) *http.Client {
	return safehttp.Guarded(safehttp.Options{Allow: allow, Timeout: fetchTime, MaxBody: maxBody, UserAgent: userAgent})
}

// document is a feed as it came.
type document struct {
	unchanged      bool
	body           []byte
	contentType    string
	etag, modified string
}

// fetch asks for a feed, unless it is as it was. The error names the host and not the path.
func fetch(ctx context.Context, c *http.Client, address, etag, modified string) (document, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTime)
	defer cancel()
	for range maxRedirects + 1 {
		doc, next, err := fetchOne(ctx, c, address, etag, modified)
		if err != nil || next == "" {
			return doc, err
		}
		address = next
	}
	return document{}, fmt.Errorf("it leads from one address to the next: more than %d redirects", maxRedirects)
}

// fetchOne asks one address; next is where the answer sends us instead.
func fetchOne(ctx context.Context, c *http.Client, address, etag, modified string) (doc document, next string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return doc, "", errors.New("its address cannot be read")
	}
	req.Header.Set("Accept", wanted)
	for name, v := range map[string]string{"If-None-Match": etag, "If-Modified-Since": modified} {
		if v != "" {
			req.Header.Set(name, v)
		}
	}
	resp, _, err := safehttp.Do(c, req)
	if err != nil {
		return doc, "", err
	}
	defer resp.Body.Close()
	switch enc := resp.Header.Get("Content-Encoding"); {
	case resp.StatusCode == http.StatusNotModified:
		return document{unchanged: true}, "", nil
	case moved(resp.StatusCode):
		next, err = target(req.URL, resp.Header.Get("Location"))
		return doc, next, err
	case resp.StatusCode != http.StatusOK:
		return doc, "", &safehttp.StatusError{Host: req.URL.Host, Code: resp.StatusCode}
	case enc != "" && enc != "identity":
		return doc, "", fmt.Errorf("%s sent it compressed although nobody asked for that", req.URL.Host)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return doc, "", fmt.Errorf("read from %s: %w", req.URL.Host, err)
	}
	return document{body: body, contentType: resp.Header.Get("Content-Type"), etag: header(resp, "ETag"), modified: header(resp, "Last-Modified")}, "", nil
}

// header is a header that is sent back with the next request; one that is absurdly long is not kept.
func header(resp *http.Response, name string) string {
	if v := resp.Header.Get(name); len(v) <= 500 {
		return v
	}
	return ""
}

func moved(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// target is where a redirect leads. The client looks at its address as at every other.
func target(from *url.URL, location string) (string, error) {
	to, err := from.Parse(location)
	if err != nil || location == "" || to.Host == "" || to.User != nil || to.Scheme != "https" && to.Scheme != "http" {
		return "", fmt.Errorf("%s sends us to an address that cannot be used", from.Host)
	}
	return to.String(), nil
}
