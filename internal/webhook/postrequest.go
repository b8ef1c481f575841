package webhook

import (
	"bytes"
	"context"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"

	"kefu"
	"kefu/internal/websig"
)

// request writes an attempt as HTTP. The class of the failure is not "" when it cannot be written.
func (p *Poster) request(ctx context.Context, r Request, now time.Time) (_ *http.Request, class string) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.Target.URL, bytes.NewReader(r.Body))
	if err != nil {
		return nil, FailBlocked
	}
	if req.Header, err = p.headers(r, now); err != nil {
		return nil, FailPayload
	}
	if req.Header["Idempotency-Key"] != nil || req.Header["X-Idempotency-Key"] != nil {
		// net/http would take such a header of the operator's as leave to send a second time by itself; what cannot be rewound is not.
		req.GetBody = nil
	}
	return req, ""
}

// headers are those of the contract, then the operator's own, which never replace ours. Names are written as the contract has them: net/http
// leaves them so over HTTP/1.1, and receivers do not tell upper from lower case.
func (p *Poster) headers(r Request, now time.Time) (http.Header, error) {
	outer, err := websig.BodySignature(r.Target.Secrets.Signing, r.Body)
	if err != nil {
		return nil, err
	}
	standard, err := standardSignature(r, now)
	if err != nil {
		return nil, err
	}
	own := r.Target.Secrets.Headers
	const ours = 8
	header, values := make(http.Header, ours+2+len(own)), make([]string, 0, ours+len(own))
	set := func(name, value string) {
		values = append(values, value)
		header[name] = values[len(values)-1 : len(values) : len(values)]
	}
	header["Content-Type"], header["User-Agent"] = p.contentType, p.userAgent
	set("Signature", outer)
	set(websig.HeaderID, r.EventID)
	set(websig.HeaderTimestamp, strconv.FormatInt(now.Unix(), 10))
	set(websig.HeaderSignature, standard)
	set("X-Webhook-Event", r.Type)
	set("X-Webhook-Delivery", r.Delivery)
	set("X-Webhook-Attempt", strconv.Itoa(r.Attempt))
	if a := authorization(r.Target); a != "" {
		set("Authorization", a)
	}
	for _, h := range own {
		if !reserved(strings.ToLower(h.Name)) {
			set(http.CanonicalHeaderKey(h.Name), h.Value)
		}
	}
	return header, nil
}

// standardSignature signs by Standard Webhooks, with every secret that counts at the time.
func standardSignature(r Request, now time.Time) (string, error) {
	if s := r.Target.Secrets; s.Next == "" && s.Previous == "" {
		return websig.Sign(s.Signing, r.EventID, now, r.Body)
	}
	var all []string
	for _, secret := range r.Target.Secrets.Standard(now) {
		one, err := websig.Sign(secret, r.EventID, now, r.Body)
		if err != nil {
			return "", err
		}
		all = append(all, one)
	}
	return strings.Join(all, " "), nil
}

func authorization(t Target) string {
	switch t.Auth {
	case kefu.AuthBasic:
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(t.Secrets.Username+":"+t.Secrets.Password))
	case kefu.AuthBearer:
		return "Bearer " + t.Secrets.Token
	}
	return ""
}
