package safehttp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// StatusError is an answer that is not the wanted file.
type StatusError struct {
	Host string
	Code int
}

func (e *StatusError) Error() string {
	if e.Code >= 300 && e.Code < 400 {
		return fmt.Sprintf("%s answered %d: redirects are not followed; use the final address", e.Host, e.Code)
	}
	return fmt.Sprintf("%s answered %d", e.Host, e.Code)
}

// Fetch gets a file of at most limit bytes, and never more than the client takes. The content type is what the remote says: to be shown,
// not to be believed. The error is ErrURL, a *BlockedError, a *StatusError for anything but 200, ErrTooLarge, or of the network. It
// is safe to repeat, and blocks for at most the client's Timeout.
func Fetch(ctx context.Context, c *http.Client, rawURL string, limit int64) (body []byte, contentType string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, rawURL, nil)
	if err != nil {
		return nil, "", fmt.Errorf("%w: %w", ErrURL, withoutText(err))
	}
	resp, _, err := Do(c, req)
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	if err := wanted(resp, req.URL.Host, limit); err != nil {
		return nil, "", err
	}
	body, err = io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return nil, "", fmt.Errorf("read from %s: %w", req.URL.Host, err)
	}
	if int64(len(body)) > limit {
		return nil, "", fmt.Errorf("%w: over %d bytes", ErrTooLarge, limit)
	}
	return body, resp.Header.Get("Content-Type"), nil
}

func wanted(resp *http.Response, host string, limit int64) error {
	if resp.StatusCode != http.StatusOK {
		return &StatusError{Host: host, Code: resp.StatusCode}
	}
	if resp.ContentLength > limit {
		return fmt.Errorf("%w: %d bytes, over %d", ErrTooLarge, resp.ContentLength, limit)
	}
	// What is still packed here was packed unasked, and would be kept as a file that nobody can open.
	if enc := resp.Header.Get("Content-Encoding"); enc != "" && enc != "identity" {
		return fmt.Errorf("%s sent a compressed file although none was asked for", host)
	}
	return nil
}

// withoutText drops the URL from the error of a URL that cannot be parsed: it may hold a password.
func withoutText(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return errors.New("it is not a URL")
	}
	return err
}
