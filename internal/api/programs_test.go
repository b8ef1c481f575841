package api_test

import (
	"net/http"
	"testing"

	"kefu/internal/storetest"
)

// TestTheTagOfANewCredentialIsThatOfTheCredential: who has just made or rotated one may change it with If-Match.
func TestTheTagOfANewCredentialIsThatOfTheCredential(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		r := newRig(t, url, withAdmin(t))
		for _, kind := range []string{"api-keys", "signing-keys", "oauth-clients"} {
			made := r.ask("POST", "/api/v1/"+kind, `{"name":"reports","scopes":["messages:read"]}`)
			one := "/api/v1/" + kind + "/" + made.member("id")
			rotated := r.ask("POST", one+"/rotate", "", "If-Match", made.header.Get("ETag"))
			if rotated.status != http.StatusOK || rotated.member("secret") == made.member("secret") {
				t.Errorf("%s: %d %s", kind, rotated.status, rotated.raw)
			}
			if read := r.ask("GET", one, ""); read.header.Get("ETag") != rotated.header.Get("ETag") {
				t.Errorf("%s: the tag is %s after rotating, and %s when it is read", kind, rotated.header.Get("ETag"), read.header.Get("ETag"))
			}
			if changed := r.ask("PUT", one, `{"name":"figures"}`, "If-Match", rotated.header.Get("ETag")); changed.status != http.StatusOK {
				t.Errorf("%s: %d %s", kind, changed.status, changed.raw)
			}
		}
	})
}
