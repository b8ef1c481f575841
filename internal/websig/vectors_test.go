package websig_test

import (
	"net/http"
	"testing"
	"time"

	"kefu/internal/websig"
)

// vector is one row of the contract (webhooks, "Request"): these bytes are what receivers were promised.
type vector struct {
	name, secret, b0, body, inner, outer, standard string
}

const (
	vectorID = "evt_01HK2V5T8QXJ4M6N7P8R9S0T1V"
	vectorTS = 1704103205
)

var vectorTime = time.Unix(vectorTS, 0)

func vectors() []vector {
	return []vector{{
		name:     "generated secret",
		secret:   "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
		b0:       `{"id":"evt_01HK2V5T8QXJ4M6N7P8R9S0T1V","event":"ticket.created","timestamp":"2024-01-01T10:00:00Z","data":{"ticket_id":"ticket_001","title":"产品咨询","description":"想了解产品价格","priority":"medium","status":"pending","assignee_id":"user_123","customer_email":"customer@example.com","created_at":"2024-01-01T10:00:00Z"}}`,
		body:     `{"id":"evt_01HK2V5T8QXJ4M6N7P8R9S0T1V","event":"ticket.created","timestamp":"2024-01-01T10:00:00Z","signature":"sha256=87e56be1684636e5ca7680a0b082aed092a512dc4f809214fd1db412ddfac0c0","data":{"ticket_id":"ticket_001","title":"产品咨询","description":"想了解产品价格","priority":"medium","status":"pending","assignee_id":"user_123","customer_email":"customer@example.com","created_at":"2024-01-01T10:00:00Z"}}`,
		inner:    "sha256=87e56be1684636e5ca7680a0b082aed092a512dc4f809214fd1db412ddfac0c0",
		outer:    "sha256=e67a63969bfc6c0d244e343042f1b26de811759d5ae585a6b7ae2bbf875224c0",
		standard: "v1,eqNnH1Ej27MsUIShjoOBMKaUdpxQIp+Y14tPQ5AzYEI=",
	}, {
		name:     "typed secret",
		secret:   "my-shared-secret-0123456789",
		b0:       `{"id":"evt_01HK2V5T8QXJ4M6N7P8R9S0T1V","event":"webhook.test","timestamp":"2024-01-01T10:00:00Z","data":{"message":"测试"}}`,
		body:     `{"id":"evt_01HK2V5T8QXJ4M6N7P8R9S0T1V","event":"webhook.test","timestamp":"2024-01-01T10:00:00Z","signature":"sha256=0d84710da115c6b014eebb812c3c0c4ce8791905a396a4334fff31a34097cd0e","data":{"message":"测试"}}`,
		inner:    "sha256=0d84710da115c6b014eebb812c3c0c4ce8791905a396a4334fff31a34097cd0e",
		outer:    "sha256=584eac6d9165c46675f90b1e796c310c0021678d2f07819f075856d224ad9c94",
		standard: "v1,ha4VsheDQ9Ltfz05tqVMDFz0pbG4TEuJ0DM/gdzwfKg=",
	}}
}

func TestVectorsBody(t *testing.T) {
	for _, v := range vectors() {
		t.Run(v.name, func(t *testing.T) {
			body, err := websig.Embed(v.secret, []byte(v.b0))
			if err != nil || string(body) != v.body {
				t.Fatalf("Embed = %s, %v", body, err)
			}
			b0, inner, err := websig.Strip(body)
			if err != nil || string(b0) != v.b0 || inner != v.inner {
				t.Errorf("Strip = %s, %q, %v", b0, inner, err)
			}
			if got, err := websig.BodySignature(v.secret, []byte(v.b0)); err != nil || got != v.inner {
				t.Errorf("inner = %q, %v", got, err)
			}
			if got, err := websig.BodySignature(v.secret, body); err != nil || got != v.outer {
				t.Errorf("outer = %q, %v", got, err)
			}
			if err := websig.VerifyBody(v.secret, v.outer, body); err != nil {
				t.Errorf("VerifyBody: %v", err)
			}
		})
	}
	if n := len(vectors()[0].body); n != 420 {
		t.Errorf("the first body has %d bytes, the contract says 420", n)
	}
}

func TestVectorsStandard(t *testing.T) {
	for _, v := range vectors() {
		got, err := websig.Sign(v.secret, vectorID, vectorTime, []byte(v.body))
		if err != nil || got != v.standard {
			t.Errorf("%s: Sign = %q, %v; want %q", v.name, got, err, v.standard)
		}
		id, err := websig.Verify(v.secret, signedBy(v), []byte(v.body), vectorTime, websig.DefaultTolerance)
		if err != nil || id != vectorID {
			t.Errorf("%s: Verify = %q, %v", v.name, id, err)
		}
	}
}

func signedBy(v vector) http.Header {
	h := http.Header{}
	h.Set("webhook-id", vectorID)
	h.Set("webhook-timestamp", "1704103205")
	h.Set("webhook-signature", v.standard)
	return h
}
