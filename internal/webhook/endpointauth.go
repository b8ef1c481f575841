package webhook

import (
	"net/textproto"
	"strings"
	"unicode"
	"unicode/utf8"

	"kefu"
)

const (
	longestUsername = 256
	longestPassword = 1024
	longestValue    = 4096 // of a token or a header, in bytes
	longestHeader   = 100
	mostHeaders     = 20
)

// AuthenticationChange is how a receiver is to be shown who sends. While the type and the host stay, absent members stay as well.
type AuthenticationChange struct {
	Type     kefu.EndpointAuth `json:"type" doc:"none, basic (a name and a password) or bearer (a token)."`
	Username kefu.Opt[string]  `json:"username,omitzero" doc:"Name of Basic authentication, at most 256 characters without a colon."`
	Password kefu.Opt[string]  `json:"password,omitzero" doc:"Password of Basic authentication, at most 1024 characters. It is not shown again."`
	Token    kefu.Opt[string]  `json:"token,omitzero" doc:"Token of Bearer authentication, at most 4096 visible ASCII characters. It is not shown again."`
}

// HeaderChange is a header to send with every request. Without a value, the value of the header with this name stays.
type HeaderChange struct {
	Name  string           `json:"name" doc:"Name of the header."`
	Value kefu.Opt[string] `json:"value,omitzero" doc:"Its value, at most 4096 visible ASCII characters. It is not shown again. Absent, the one there is stays."`
}

// authenticate changes how the receiver is shown who sends. moved says that it is another receiver.
func (ch EndpointChange) authenticate(t *Target, moved bool, f *kefu.Faults) {
	a := ch.Authentication.Value
	switch {
	case !ch.Authentication.Given:
		if moved && t.Auth != kefu.AuthNone {
			f.Add("authentication", "must be given again, with its password or token: the address moves to another host, and these were for the old one")
		}
		return
	case ch.Authentication.Null:
		a.Type = kefu.AuthNone
	}
	s := &t.Secrets
	if moved || a.Type != t.Auth {
		s.Username, s.Password, s.Token = "", "", ""
	}
	known := !moved && a.Type == t.Auth
	t.Auth = a.Type
	a.Username.Set(&s.Username)
	a.Password.Set(&s.Password)
	a.Token.Set(&s.Token)
	switch a.Type {
	case kefu.AuthNone:
		belongs(a.Username.Given || a.Password.Given || a.Token.Given, "type", "must be basic or bearer for one with a name, a password or a token", f)
	case kefu.AuthBasic:
		belongs(a.Token.Given, "token", "belongs to bearer, not to basic", f)
		if s.Username == "" || !plainText(s.Username, longestUsername) || strings.Contains(s.Username, ":") {
			f.Add("authentication.username", "is needed with basic: at most %d characters, no colon, no control characters", longestUsername)
		}
		if !known && !a.Password.Given || !plainText(s.Password, longestPassword) {
			f.Add("authentication.password", "is needed with basic: at most %d characters, no control characters", longestPassword)
		}
	case kefu.AuthBearer:
		belongs(a.Username.Given || a.Password.Given, "username", "and password belong to basic, not to bearer", f)
		if s.Token == "" || len(s.Token) > longestValue || strings.ContainsFunc(s.Token, notVisible) {
			f.Add("authentication.token", "is needed with bearer: at most %d visible ASCII characters, no spaces", longestValue)
		}
	default:
		oneOf("authentication.type", a.Type, kefu.EndpointAuths(), f)
	}
}

func belongs(wrong bool, member, words string, f *kefu.Faults) {
	if wrong {
		f.Add("authentication."+member, "%s", words)
	}
}

// head changes the headers that are sent with every request.
func (ch EndpointChange) head(t *Target, moved bool, f *kefu.Faults) {
	kept := map[string]string{}
	for _, h := range t.Secrets.Headers {
		kept[strings.ToLower(h.Name)] = h.Value
	}
	if moved {
		clear(kept)
	}
	if !ch.Headers.Given {
		if moved && len(t.Secrets.Headers) > 0 {
			f.Add("headers", "must be given again, with their values: the address moves to another host, and these were for the old one")
		}
		return
	}
	given := ch.Headers.Value
	if len(given) > mostHeaders {
		f.Add("headers", "must be at most %d", mostHeaders)
		return
	}
	seen := map[string]bool{}
	t.Secrets.Headers = make([]Header, 0, len(given))
	for _, h := range given {
		name := strings.ToLower(h.Name)
		value, known := kept[name]
		h.Value.Set(&value)
		shown := kefu.Excerpt(h.Name, longestHeader)
		switch {
		case !isToken(h.Name) || len(h.Name) > longestHeader:
			f.Add("headers", "%q is no name of a header: letters, digits and dashes, at most %d", shown, longestHeader)
		case reserved(name):
			f.Add("headers", "%s is not yours to set: Kefu or the connection does", shown)
		case seen[name]:
			f.Add("headers", "%s is there twice", shown)
		case !h.Value.Given && !known:
			f.Add("headers", "%s needs a value", shown)
		case value != textproto.TrimString(value) || len(value) > longestValue || strings.ContainsFunc(value, notField):
			f.Add("headers", "the value of %s must be visible ASCII, with spaces inside only and at most %d characters", shown, longestValue)
		}
		seen[name] = true
		t.Secrets.Headers = append(t.Secrets.Headers, Header{h.Name, value})
	}
}

// reserved tells whether a header, in lower case, is set by us, or says how the connection is to be used.
func reserved(name string) bool {
	switch name {
	case "host", "transfer-encoding", "connection", "keep-alive", "te", "trailer", "upgrade", "expect", "authorization", "signature", "user-agent",
		"http2-settings":
		return true
	}
	for _, part := range []string{"content-", "proxy-", "webhook-", "x-webhook-"} {
		if strings.HasPrefix(name, part) {
			return true
		}
	}
	return false
}

// isToken tells whether a text can be the name of a header (RFC 9110, token).
func isToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		return !letter && !strings.ContainsRune("!#$%&'*+-.^_`|~", r)
	})
}

func notVisible(r rune) bool { return r <= ' ' || r > '~' }

func notField(r rune) bool { return r != ' ' && r != '\t' && notVisible(r) }

// plainText tells whether a text has at most so many characters, all of them whole and none of them a control character.
func plainText(s string, most int) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= most && !strings.ContainsFunc(s, unicode.IsControl)
}
