package twilio_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/url"
	"strings"
	"testing"

	oracle "github.com/twilio/twilio-go/client"

	"kefu/internal/twilio"
)

const (
	hookURL  = "https://mycompany.com/myapp.php?foo=1&bar=2"
	hookBody = "Digits=1234&CallSid=CA1234567890ABCDE&To=%2B18005551212&Caller=%2B14158675309&From=%2B14158675309&ReasonConferenceEnded=test&Reason=Participant"
)

// sign signs what the address and the fields of a form make.
func sign(token, text string) string {
	h := hmac.New(sha1.New, []byte(token))
	h.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// TestVectorsOfTwilio has the vectors of Twilio's own client.
func TestVectorsOfTwilio(t *testing.T) {
	w := twilio.Webhook{URL: hookURL, Body: []byte(hookBody), Signature: "vOEb5UThFn24KEfnOFLQY2AE5FY="}
	if err := twilio.Verify("12345", w); err != nil {
		t.Error(err)
	}
	withPort := w
	withPort.URL = strings.Replace(hookURL, ".com", ".com:1234", 1)
	if err := twilio.Verify("12345", withPort); err != nil {
		t.Errorf("the port of our side is not in the signature: %v", err)
	}
	plain := w
	plain.URL, plain.Signature = strings.Replace(hookURL, "https", "http", 1), "n2xBNyzSW7rfYStDtOFiFMv7qNo="
	if err := twilio.Verify("12345", plain); err != nil {
		t.Error(err)
	}
}

func TestVerify(t *testing.T) {
	const token, at = "t0ken", "https://kefu.test/hooks/in_1/forward-to-discord"
	body := []byte(`{"text":"哈囉"}`)
	sum := sha256.Sum256(body)
	jsonAt := at + "?bodySHA256=" + hex.EncodeToString(sum[:])
	form := "EventType=onMessageAdded&Body=%E5%93%88%E5%9B%89+%26+you&Author=agent"
	signed := sign(token, at+"AuthoragentBody哈囉 & youEventTypeonMessageAdded")
	for name, tc := range map[string]struct {
		w  twilio.Webhook
		ok bool
	}{
		"form":                 {twilio.Webhook{URL: at, Body: []byte(form), Signature: signed}, true},
		"signed with port":     {twilio.Webhook{URL: at, Signature: sign(token, strings.Replace(at, ".test", ".test:443", 1))}, true},
		"IPv6 with port":       {twilio.Webhook{URL: "http://[::1]/x", Signature: sign(token, "http://[::1]:80/x")}, true},
		"IPv6 without port":    {twilio.Webhook{URL: "http://[::1]:80/x", Signature: sign(token, "http://[::1]/x")}, true},
		"address as it stands": {twilio.Webhook{URL: at + "?a=%2f%7E'&b", Signature: sign(token, at+"?a=%2f%7E'&b")}, true},
		"JSON":                 {twilio.Webhook{URL: jsonAt, Body: body, Signature: sign(token, jsonAt)}, true},
		"repeated field":       {twilio.Webhook{URL: at, Body: []byte("a=1&a=2"), Signature: sign(token, at+"a1")}, true},
		"other body":           {twilio.Webhook{URL: at, Body: []byte(form + "x"), Signature: signed}, false},
		"more fields":          {twilio.Webhook{URL: at, Body: []byte(form + "&x=y"), Signature: signed}, false},
		"other path":           {twilio.Webhook{URL: at + "2", Body: []byte(form), Signature: signed}, false},
		"other host":           {twilio.Webhook{URL: strings.Replace(at, "kefu", "evil", 1), Body: []byte(form), Signature: signed}, false},
		"other JSON":           {twilio.Webhook{URL: jsonAt, Body: []byte(`{}`), Signature: sign(token, jsonAt)}, false},
		"JSON unsigned":        {twilio.Webhook{URL: jsonAt, Body: body, Signature: sign("other", jsonAt)}, false},
		"other token":          {twilio.Webhook{URL: at, Body: []byte(form), Signature: sign("other", at)}, false},
		"no signature":         {twilio.Webhook{URL: at, Body: []byte(form)}, false},
		"no form":              {twilio.Webhook{URL: at, Body: []byte("a=%zz"), Signature: sign(token, at)}, false},
		"no address":           {twilio.Webhook{URL: "hooks", Signature: sign(token, "hooks")}, false},
	} {
		err := twilio.Verify(token, tc.w)
		if (err == nil) != tc.ok || err != nil && !errors.Is(err, twilio.ErrSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if twilio.Verify("", twilio.Webhook{URL: at, Signature: sign("", at)}) == nil {
		t.Error("an empty token verified something")
	}
}

// FuzzVerify agrees with Twilio's own client about what is signed, and refuses what is signed otherwise.
func FuzzVerify(f *testing.F) {
	f.Add("/myapp.php?foo=1", []byte(hookBody), "12345")
	f.Add("/x?bodySHA256=00", []byte(`{}`), "t")
	f.Add("/a b?c;d", []byte("a=1&a=2&=x"), "t")
	f.Fuzz(func(t *testing.T, path string, body []byte, token string) {
		at := "https://kefu.test/" + strings.TrimLeft(path, "/")
		u, err := url.Parse(at)
		if err != nil || token == "" {
			t.Skip("not an address, or no token")
		}
		text := at
		if u.Query().Get("bodySHA256") == "" {
			form, err := url.ParseQuery(string(body))
			if err != nil {
				t.Skip("not a form")
			}
			text += joined(form)
		}
		w := twilio.Webhook{URL: at, Body: body, Signature: sign(token, text)}
		ours := twilio.Verify(twilio.Secret(token), w) == nil
		v := oracle.NewRequestValidator(token)
		// The oracle writes an address anew when it removes or adds a port; only where that changes nothing can the two be compared.
		if u.String() == at {
			if theirs := v.ValidateBody(at, body, w.Signature); theirs != ours {
				t.Errorf("%s %q: we say %v, twilio-go says %v", at, body, ours, theirs)
			}
		}
		w.Signature = sign(token+"x", text)
		if twilio.Verify(twilio.Secret(token), w) == nil {
			t.Error("a foreign signature was good")
		}
	})
}

// joined is the oracle's idea of a signed form, said another way: pairs are sorted before they are strung together.
func joined(form url.Values) string {
	one := url.Values{}
	for name := range form {
		one.Set(name, form.Get(name))
	}
	var b bytes.Buffer
	for pair := range strings.SplitSeq(one.Encode(), "&") { // Encode sorts by name
		name, value, _ := strings.Cut(pair, "=")
		name, _ = url.QueryUnescape(name)
		value, _ = url.QueryUnescape(value)
		b.WriteString(name + value)
	}
	return b.String()
}
