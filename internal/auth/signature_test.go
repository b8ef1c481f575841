package auth_test

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kefu"
	"kefu/internal/auth"
)

// TestTheContractsVector is the test vector of the contract (api §1), byte for byte.
func TestTheContractsVector(t *testing.T) {
	got := auth.Sign("ksec_0123456789abcdef", "POST", "/api/v1/messages?dry=1", "1635232823", "n-0001", []byte(`{"conversation_id":"cnv_1","content":"你好"}`))
	if got != "v1=5c203dcfd0565c978797ff0795e270b67977dd3ee3d85ebeca50e93924aa5596" {
		t.Errorf("signature %s", got)
	}
}

// signed is a request that a client with a right clock signs; edit changes it after that.
func (r *rig) signed(p auth.NewProgram, nonce string, at time.Time, edit func(*auth.Request)) auth.Request {
	stamp := strconv.FormatInt(at.Unix(), 10)
	q := asked("X-Kefu-Key", p.ID, "X-Kefu-Timestamp", stamp, "X-Kefu-Nonce", nonce)
	q.Header.Set("X-Kefu-Signature", auth.Sign(p.Secret, q.Method, q.Target, stamp, nonce, q.Body))
	if edit != nil {
		edit(&q)
	}
	return q
}

func TestWhichSignaturesAreBelieved(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.freeze(time.Now().Truncate(time.Second))
		p := r.program(auth.KindSigning, auth.ProgramChange{})
		if !strings.HasPrefix(p.Secret, "ksec_") {
			t.Errorf("secret %q", p.Secret)
		}
		now := r.now()
		c := r.believed("signed", r.signed(p, "n-1", now, nil))
		if c.Kind != kefu.CallerClient || c.ID != p.ID || !c.May("messages:write") {
			t.Errorf("caller %+v", c)
		}
		r.believed("a slow clock", r.signed(p, "n-2", now.Add(-auth.SignatureSkew), nil))
		r.believed("a fast clock", r.signed(p, "n-3", now.Add(auth.SignatureSkew), nil))
		r.believed("no body", r.signed(p, "n-4", now, func(q *auth.Request) {
			q.Body = nil
			q.Header.Set("X-Kefu-Signature", auth.Sign(p.Secret, q.Method, q.Target, q.Header.Get("X-Kefu-Timestamp"), "n-4", nil))
		}))

		set := func(name, value string) func(*auth.Request) {
			return func(q *auth.Request) {
				if q.Header.Del(name); value != "" {
					q.Header.Set(name, value)
				}
			}
		}
		key := r.program(auth.KindKey, auth.ProgramChange{})
		other := r.program(auth.KindSigning, auth.ProgramChange{})
		n := 100
		for name, tt := range map[string]struct {
			at    time.Time
			edit  func(*auth.Request)
			words string
		}{
			"clock too slow":      {now.Add(-auth.SignatureSkew - time.Second), nil, "away from our clock"},
			"clock too fast":      {now.Add(auth.SignatureSkew + time.Second), nil, "away from our clock"},
			"other method":        {now, func(q *auth.Request) { q.Method = "PUT" }, "is wrong"},
			"other target":        {now, func(q *auth.Request) { q.Target = "/api/v1/messages?dry=0" }, "is wrong"},
			"query left out":      {now, func(q *auth.Request) { q.Target = "/api/v1/messages" }, "is wrong"},
			"query in other form": {now, func(q *auth.Request) { q.Target = "/api/v1/messages?dry=%31" }, "is wrong"},
			"other body":          {now, func(q *auth.Request) { q.Body = []byte(`{"a":2}`) }, "is wrong"},
			"other nonce":         {now, set("X-Kefu-Nonce", "n-other"), "is wrong"},
			"other time":          {now, set("X-Kefu-Timestamp", strconv.FormatInt(now.Unix()+1, 10)), "is wrong"},
			"another's key":       {now, set("X-Kefu-Key", other.ID), "is wrong"},
			"an API key's id":     {now, set("X-Kefu-Key", key.ID), "id of a signing key"},
			"unknown key":         {now, set("X-Kefu-Key", "sgn_00000000000000000000000000"), "no such signing key"},
			"not an id":           {now, set("X-Kefu-Key", "\xff\x00"), "id of a signing key"},
			"truncated signature": {now, func(q *auth.Request) {
				s := q.Header.Get("X-Kefu-Signature")
				q.Header.Set("X-Kefu-Signature", s[:len(s)-2])
			}, "is wrong"},
			"empty signature": {now, set("X-Kefu-Signature", "v1="), "is wrong"},
			"capital hex": {now, func(q *auth.Request) {
				q.Header.Set("X-Kefu-Signature", strings.ToUpper(q.Header.Get("X-Kefu-Signature")))
			}, "is wrong"},
			"another version":    {now, func(q *auth.Request) { q.Header.Set("X-Kefu-Signature", "v2"+q.Header.Get("X-Kefu-Signature")[2:]) }, "is wrong"},
			"no signature":       {now, set("X-Kefu-Signature", ""), "X-Kefu-Signature once"},
			"no nonce":           {now, set("X-Kefu-Nonce", ""), "X-Kefu-Nonce once"},
			"no time":            {now, set("X-Kefu-Timestamp", ""), "X-Kefu-Timestamp once"},
			"two signatures":     {now, func(q *auth.Request) { q.Header.Add("X-Kefu-Signature", "v1=00") }, "X-Kefu-Signature once"},
			"time in words":      {now, set("X-Kefu-Timestamp", "now"), "seconds since 1970"},
			"time with a plus":   {now, set("X-Kefu-Timestamp", "+"+strconv.FormatInt(now.Unix(), 10)), "seconds since 1970"},
			"time in the far":    {now, set("X-Kefu-Timestamp", "9223372036854775807"), "seconds since 1970"},
			"negative time":      {now, set("X-Kefu-Timestamp", "-1"), "seconds since 1970"},
			"nonce with a space": {now, set("X-Kefu-Nonce", "a b"), "visible ASCII"},
			"nonce not text":     {now, set("X-Kefu-Nonce", "\xff"), "visible ASCII"},
			"nonce too long":     {now, set("X-Kefu-Nonce", strings.Repeat("n", 129)), "at most 128"},
			"and a bearer":       {now, set("Authorization", "Bearer "+key.Secret), "one credential"},
		} {
			n++
			r.refused(name, r.signed(p, "n-"+strconv.Itoa(n), tt.at, tt.edit), kefu.KindUnauthorized, tt.words)
		}

		// What was refused has used up no nonce; what was believed has.
		r.believed("the nonce of a refused one", r.signed(p, "n-101", now, nil))
		r.refused("replayed", r.signed(p, "n-1", now, nil), kefu.KindUnauthorized, "used before")
		r.believed("another key's nonce", r.signed(other, "n-1", now, nil))
		r.freeze(now.Add(auth.SignatureSkew))
		if err := r.Purge(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.refused("replayed at the last moment", r.signed(p, "n-1", now, nil), kefu.KindUnauthorized, "used before")
		if err := r.RevokeProgram(t.Context(), admin(), auth.KindSigning, p.ID); err != nil {
			t.Fatal(err)
		}
		r.refused("revoked", r.signed(p, "n-5", r.now(), nil), kefu.KindUnauthorized, "revoked")
	})
}

func TestOneOfManyReplaysIsBelieved(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		p := r.program(auth.KindSigning, auth.ProgramChange{})
		q := r.signed(p, "once", r.now(), nil)
		var good atomic.Int32
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				if _, err := r.Authenticate(t.Context(), q); err == nil {
					good.Add(1)
				}
			})
		}
		wg.Wait()
		if good.Load() != 1 {
			t.Errorf("%d of 16 were believed", good.Load())
		}
	})
}

// FuzzCredentials: no header, target or token makes a caller of somebody who has no credential, or anything but a refusal.
func FuzzCredentials(f *testing.F) {
	for _, seed := range [][3]string{
		{"Authorization", "Bearer kefu_" + strings.Repeat("A", 43), ""},
		{"Authorization", "Bearer e30.e30.e30", ""},
		{"Authorization", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.", ""},
		{"X-Api-Key", "kefu_at_" + strings.Repeat("A", 43), ""},
		{"X-Kefu-Key", "sgn_00000000000000000000000000", "1635232823"},
		{"token", "kefu_wt_" + strings.Repeat("A", 43), ""},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	r := newRigOnSQLite(f)
	f.Fuzz(func(t *testing.T, name, value, more string) {
		q := auth.Request{Method: "GET", Target: "/" + more, Header: http.Header{}, Address: home}
		if name == "token" {
			q.Token = value
		} else {
			q.Header[http.CanonicalHeaderKey(name)] = []string{value}
		}
		if more != "" {
			q.Header.Set("X-Kefu-Timestamp", more)
			q.Header.Set("X-Kefu-Nonce", more)
			q.Header.Set("X-Kefu-Signature", more)
		}
		if c, err := r.Authenticate(t.Context(), q); kefu.KindOf(err) != kefu.KindUnauthorized || c.Kind != "" {
			t.Errorf("%+v, %v", c, err)
		}
	})
}
