package api

import (
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// securitySchemes describes the four kinds of credentials (contracts: api §1).
func (s *server) securitySchemes() map[string]*huma.SecurityScheme {
	scopes := map[string]string{}
	for _, o := range s.operations() {
		if o.scope == open || o.scope == anyone {
			continue
		}
		resource, action, _ := strings.Cut(o.scope, ":")
		scopes[o.scope] = action + " " + strings.ReplaceAll(resource, "-", " ")
	}
	return map[string]*huma.SecurityScheme{
		"apiKey": {Type: "apiKey", In: "header", Name: "X-API-Key", Description: "An API key, `kefu_…`. It may be sent as a bearer token, too."},
		"bearer": {Type: "http", Scheme: "bearer",
			Description: "The access token of an agent (`POST /auth/login`), of a contact (`POST /contacts/{id}/sessions`), of an OAuth2 client, or an API key."},
		"oauth2": {Type: "oauth2", Description: "For programs that belong to others.",
			Flows: &huma.OAuthFlows{ClientCredentials: &huma.OAuthFlow{TokenURL: strings.TrimSuffix(s.PublicURL, "/") + "/oauth/token", Scopes: scopes}}},
		"signature": {Type: "apiKey", In: "header", Name: "X-Kefu-Signature", Description: signatureWords},
	}
}

const signatureWords = "`v1=` and the hexadecimal HMAC-SHA256, made with the secret of a signing key, of these lines joined by line feeds: " +
	"the method, the request target as it is sent, `X-Kefu-Timestamp` (Unix seconds, at most 5 minutes off), `X-Kefu-Nonce` (good once), " +
	"and the hexadecimal SHA-256 of the body. `X-Kefu-Key` names the signing key."

// security lists which credentials an operation takes: any one of them.
func security(scope string) []map[string][]string {
	if scope == open {
		return []map[string][]string{}
	}
	needs := []string{}
	if scope != anyone {
		needs = append(needs, scope)
	}
	return []map[string][]string{{"apiKey": {}}, {"bearer": {}}, {"oauth2": needs}, {"signature": {}}}
}
