package websig_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kefu/internal/websig"
)

func TestVerifyRefuses(t *testing.T) {
	v := vectors()[0]
	set := func(name, value string) func(http.Header) { return func(h http.Header) { h.Set(name, value) } }
	del := func(name string) func(http.Header) { return func(h http.Header) { h.Del(name) } }
	tests := []struct {
		name string
		edit func(http.Header)
		want error
	}{
		{"no id", del("webhook-id"), websig.ErrMissing},
		{"no timestamp", del("webhook-timestamp"), websig.ErrMissing},
		{"no signature", del("webhook-signature"), websig.ErrMissing},
		{"blank signature", set("webhook-signature", "   "), websig.ErrMismatch},
		{"another id", set("webhook-id", "evt_other"), websig.ErrMismatch},
		{"id with a space", set("webhook-id", "evt other"), websig.ErrMissing},
		{"id with NUL", set("webhook-id", "evt\x00"), websig.ErrMissing},
		{"endless id", set("webhook-id", strings.Repeat("a", 257)), websig.ErrMissing},
		{"another time", set("webhook-timestamp", "1704103206"), websig.ErrMismatch},
		{"same time, other text", set("webhook-timestamp", "01704103205"), websig.ErrMismatch},
		{"signed number", set("webhook-timestamp", "+1704103205"), websig.ErrMissing},
		{"negative", set("webhook-timestamp", "-1704103205"), websig.ErrMissing},
		{"fraction", set("webhook-timestamp", "1704103205.0"), websig.ErrMissing},
		{"milliseconds", set("webhook-timestamp", "1704103205000"), websig.ErrMissing},
		{"date", set("webhook-timestamp", "2024-01-01T10:00:05Z"), websig.ErrMissing},
		{"overflow", set("webhook-timestamp", "99999999999999999999"), websig.ErrMissing},
		{"no scheme", set("webhook-signature", strings.TrimPrefix(v.standard, "v1,")), websig.ErrMismatch},
		{"other scheme", set("webhook-signature", "v2,"+strings.TrimPrefix(v.standard, "v1,")), websig.ErrMismatch},
		{"cut", set("webhook-signature", v.standard[:len(v.standard)-1]), websig.ErrMismatch},
		{"case", set("webhook-signature", strings.ToLower(v.standard)), websig.ErrMismatch},
		{"scheme only", set("webhook-signature", "v1,"), websig.ErrMismatch},
	}
	for _, tt := range tests {
		h := signedBy(v)
		tt.edit(h)
		id, err := websig.Verify(v.secret, h, []byte(v.body), vectorTime, 0)
		if !errors.Is(err, tt.want) || id != "" {
			t.Errorf("%s: Verify = %q, %v; want %v", tt.name, id, err, tt.want)
		}
		if err != nil && (strings.Contains(err.Error(), v.standard) || strings.Contains(err.Error(), v.secret)) {
			t.Errorf("%s: the error leaks: %v", tt.name, err)
		}
	}
}

func TestVerifyRefusesChangedBodyAndSecret(t *testing.T) {
	v, other := vectors()[0], vectors()[1]
	changed := strings.Replace(v.body, "medium", "urgent", 1)
	if _, err := websig.Verify(v.secret, signedBy(v), []byte(changed), vectorTime, 0); !errors.Is(err, websig.ErrMismatch) {
		t.Errorf("changed body: %v", err)
	}
	if _, err := websig.Verify(other.secret, signedBy(v), []byte(v.body), vectorTime, 0); !errors.Is(err, websig.ErrMismatch) {
		t.Errorf("wrong secret: %v", err)
	}
	if err := websig.VerifyBody(v.secret, v.inner, []byte(v.body)); !errors.Is(err, websig.ErrMismatch) {
		t.Errorf("member against the raw body: %v", err)
	}
	if err := websig.VerifyBody(v.secret, v.outer, []byte(changed)); !errors.Is(err, websig.ErrMismatch) {
		t.Errorf("VerifyBody of a changed body: %v", err)
	}
	if err := websig.VerifyBody(v.secret, "", []byte(v.body)); !errors.Is(err, websig.ErrMissing) {
		t.Errorf("VerifyBody without signature: %v", err)
	}
}

func TestVerifyWindow(t *testing.T) {
	v := vectors()[1]
	tests := []struct {
		name      string
		skew      time.Duration // of our clock against the sender's
		tolerance time.Duration
		want      error
		says      string
	}{
		{"on time", 0, 0, nil, ""},
		{"last moment", 5 * time.Minute, 0, nil, ""},
		{"too late", 5*time.Minute + 1, 0, websig.ErrTimestamp, "expired"},
		{"a year", 365 * 24 * time.Hour, 0, websig.ErrTimestamp, "expired"},
		{"first moment", -5 * time.Minute, 0, nil, ""},
		{"too early", -5*time.Minute - 1, 0, websig.ErrTimestamp, "in the future"},
		{"narrow", 61 * time.Second, time.Minute, websig.ErrTimestamp, "expired"},
		{"wide", time.Hour, time.Hour, nil, ""},
	}
	for _, tt := range tests {
		_, err := websig.Verify(v.secret, signedBy(v), []byte(v.body), vectorTime.Add(tt.skew), tt.tolerance)
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
		if err != nil && !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %q does not say %q", tt.name, err, tt.says)
		}
	}
}

func TestVerifyTakesOneOfSeveral(t *testing.T) {
	v, old := vectors()[0], vectors()[1]
	stale, err := websig.Sign(old.secret, vectorID, vectorTime, []byte(v.body))
	if err != nil {
		t.Fatal(err)
	}
	h := signedBy(v)
	for _, list := range []string{stale + " " + v.standard, v.standard + " " + stale, "v1a,AAAA  v0,x " + v.standard} {
		h.Set("webhook-signature", list)
		if _, err := websig.Verify(v.secret, h, []byte(v.body), vectorTime, 0); err != nil {
			t.Errorf("%q: %v", list, err)
		}
	}
	h.Set("webhook-signature", v.standard+","+stale)
	if _, err := websig.Verify(v.secret, h, []byte(v.body), vectorTime, 0); !errors.Is(err, websig.ErrMismatch) {
		t.Errorf("comma-separated: %v, want ErrMismatch", err)
	}
}

func TestUnusableSecrets(t *testing.T) {
	v := vectors()[0]
	for _, secret := range []string{"", "whsec_", "whsec_====", "whsec_not base64!", "whsec_A"} {
		if _, err := websig.Sign(secret, vectorID, vectorTime, nil); !errors.Is(err, websig.ErrSecret) {
			t.Errorf("Sign with %q: %v", secret, err)
		}
		if _, err := websig.Verify(secret, signedBy(v), []byte(v.body), vectorTime, 0); !errors.Is(err, websig.ErrSecret) {
			t.Errorf("Verify with %q: %v", secret, err)
		}
		if err := websig.CheckSecret(secret); !errors.Is(err, websig.ErrSecret) {
			t.Errorf("CheckSecret(%q): %v", secret, err)
		}
	}
	if err := websig.VerifyBody("", "sha256=b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad", nil); !errors.Is(err, websig.ErrSecret) {
		t.Errorf("the right HMAC under the empty key: %v", err)
	}
}

func TestCheckSecret(t *testing.T) {
	fresh := websig.NewSecret()
	if fresh == websig.NewSecret() {
		t.Error("NewSecret gave the same secret twice")
	}
	for _, good := range []string{fresh, strings.TrimRight(fresh, "="), vectors()[0].secret, vectors()[1].secret, "十六個字元的簽名密鑰一二三四五六七"} {
		if err := websig.CheckSecret(good); err != nil {
			t.Errorf("CheckSecret(%q): %v", good, err)
		}
	}
	for _, bad := range []string{"whsec_c2hvcnQ=", "fifteen-letters", "white space in the middle", "control\r\ncharacters", "invalid\xff\xfeutf8 aaaaaaaa"} {
		err := websig.CheckSecret(bad)
		if !errors.Is(err, websig.ErrSecret) {
			t.Errorf("CheckSecret(%q): %v", bad, err)
		} else if strings.Contains(err.Error(), bad) {
			t.Errorf("the error leaks: %v", err)
		}
	}
}

func TestSigned(t *testing.T) {
	h := http.Header{}
	h.Set("webhook-id", "only for repeats")
	if websig.Signed(h) {
		t.Error("an id alone is no signature")
	}
	h.Set("Webhook-Signature", "v1,x")
	if !websig.Signed(h) {
		t.Error("Signed = false")
	}
}

func TestEmbedNeedsAnEnvelope(t *testing.T) {
	for _, body := range []string{"", "{}", `{"data":{}}`, `[]`} {
		if _, err := websig.Embed("a secret", []byte(body)); !errors.Is(err, websig.ErrEnvelope) {
			t.Errorf("Embed(%q): %v", body, err)
		}
		if _, _, err := websig.Strip([]byte(body)); !errors.Is(err, websig.ErrEnvelope) {
			t.Errorf("Strip(%q): %v", body, err)
		}
	}
}

// A customer's text may imitate the members; cutting must still give back exactly what was signed.
func TestStripUndoesEmbed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		nasty := rapid.SampledFrom([]string{`"signature":"sha256=00",`, `,"data":`, `\"signature\":\"x\",`, "\u2028", `{}`})
		text := rapid.OneOf(rapid.String(), nasty).Draw(t, "text")
		b0 := `{"id":"evt_1","event":"message.received","timestamp":1704103205,"data":` + text + `}`
		body, err := websig.Embed("a secret", []byte(b0))
		if err != nil {
			t.Fatal(err)
		}
		got, inner, err := websig.Strip(body)
		if err != nil || string(got) != b0 {
			t.Fatalf("Strip = %s, %v; want %s", got, err, b0)
		}
		if err := websig.VerifyBody("a secret", inner, got); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzVerify(f *testing.F) {
	v := vectors()[0]
	f.Add(vectorID, "1704103205", v.standard, []byte(v.body), v.secret)
	f.Add("a.b", "0", "v1, v1,= ,", []byte(nil), "whsec_")
	f.Add("\x00", "-1", " \t ", []byte("{"), "x")
	f.Fuzz(func(t *testing.T, id, stamp, sigs string, body []byte, secret string) {
		h := http.Header{"Webhook-Id": {id}, "Webhook-Timestamp": {stamp}, "Webhook-Signature": {sigs}}
		got, err := websig.Verify(secret, h, body, vectorTime, 0)
		if err != nil {
			if got != "" {
				t.Fatalf("id %q beside %v", got, err)
			}
			return
		}
		// What is accepted must hold what Sign would have written, at a time within the window.
		want, err := websig.Sign(secret, id, vectorTime, body)
		if err != nil || got != id || (stamp == "1704103205" && !strings.Contains(sigs, want)) {
			t.Fatalf("accepted id %q, time %q, signatures %q (%v)", id, stamp, sigs, err)
		}
	})
}
