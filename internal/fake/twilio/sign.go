package twilio

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// signForm is the signature of a form: the address, then each field's name and value in the order of the names.
func signForm(token, to string, form url.Values) string {
	h := hmac.New(sha1.New, []byte(token))
	_, _ = io.WriteString(h, to) // a hash takes everything
	for _, name := range slices.Sorted(maps.Keys(form)) {
		_, _ = io.WriteString(h, name+form.Get(name)) // a hash takes everything
	}
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// send makes a request of a webhook and reads its answer.
func (s *Server) send(req *http.Request) (int, []byte, error) {
	res, err := s.opt.Client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	return res.StatusCode, b, err
}

// PostForm sends a signed form as a step of a Studio flow does, and gives status and body of the answer.
func (s *Server) PostForm(ctx context.Context, to string, form url.Values) (status int, answer []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("X-Twilio-Signature", signForm(s.opt.AuthToken, to, form))
	return s.send(req)
}

// PostJSON sends a signed body of JSON as a step of a Studio flow does, its hash in the address, and gives status and body of the answer.
func (s *Server) PostJSON(ctx context.Context, to string, body []byte) (status int, answer []byte, err error) {
	sum := sha256.Sum256(body)
	mark := "?"
	if strings.Contains(to, "?") {
		mark = "&"
	}
	to += mark + "bodySHA256=" + hex.EncodeToString(sum[:])
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Twilio-Signature", signForm(s.opt.AuthToken, to, nil))
	return s.send(req)
}
