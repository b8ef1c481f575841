package webhook_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kefu"
	"kefu/internal/storetest"
	"kefu/internal/webhook"
)

type (
	change   = webhook.EndpointChange
	headers  = []webhook.HeaderChange
	password = webhook.AuthenticationChange
)

func basic(name, word string) kefu.Opt[password] {
	return kefu.Some(password{Type: kefu.AuthBasic, Username: kefu.Some(name), Password: kefu.Some(word)})
}

func bearer(token string) kefu.Opt[password] {
	return kefu.Some(password{Type: kefu.AuthBearer, Token: kefu.Some(token)})
}

func header(name, value string) webhook.HeaderChange {
	return webhook.HeaderChange{Name: name, Value: kefu.Some(value)}
}

// TestMembersThatAreRefused holds each wrong member against what it is refused with; without words it is taken.
func TestMembersThatAreRefused(t *testing.T) {
	rows := []struct {
		name         string
		change       change
		field, words string
	}{
		{"no name", change{Name: kefu.Some(" \t")}, "name", "is needed"},
		{"a null name", change{Name: kefu.Opt[string]{Given: true, Null: true}}, "name", "is needed"},
		{"100 characters", change{Name: kefu.Some(strings.Repeat("倉", 100))}, "", ""},
		{"101 characters", change{Name: kefu.Some(strings.Repeat("倉", 101))}, "name", "at most 100"},
		{"two lines", change{Name: kefu.Some("a\nb")}, "name", "no line breaks"},
		{"a long description", change{Description: kefu.Some(strings.Repeat("倉", 1001))}, "description", "at most 1000"},
		{"neither enabled nor not", change{Enabled: kefu.Opt[bool]{Given: true, Null: true}}, "enabled", "true or false"},
		{"no events", change{Events: kefu.Some([]string{})}, "events", "1 to"},
		{"null events", change{Events: kefu.Opt[[]string]{Given: true, Null: true}}, "events", "1 to"},
		{"too many events", change{Events: kefu.Some(slices.Collect(func(yield func(string) bool) {
			for i := 1; i < 100 && yield(strings.Repeat("x", i)); i++ {
			}
		}))}, "events", "1 to"},
		{"an unknown event", change{Events: kefu.Some([]string{"mesage.sent"})}, "events", "did you mean message.sent?"},
		{"a test", change{Events: kefu.Some([]string{webhook.EventTest})}, "events", "tests the endpoint"},
		{"alerts", change{Events: kefu.Some([]string{"alert.raised", "alert.cleared", "*"})}, "", ""},
		{"a format", change{TimestampFormat: kefu.Some(kefu.TimestampFormat("rfc822"))}, "timestamp_format", "iso8601 unix"},
		{"a schedule", change{Schedule: kefu.Some(kefu.RetrySchedule("never"))}, "schedule", "standard extended"},
		{"timeout 0", change{Timeout: kefu.Some(0)}, "timeout", "1 to 30"},
		{"timeout 1", change{Timeout: kefu.Some(1)}, "", ""},
		{"timeout 31", change{Timeout: kefu.Some(31)}, "timeout", "1 to 30"},
		{"timeout without end", change{Timeout: kefu.Some(1 << 62)}, "timeout", "1 to 30"},
		{"none in flight", change{MaxInFlight: kefu.Some(0)}, "max_in_flight", "1 to 32"},
		{"33 in flight", change{MaxInFlight: kefu.Some(33)}, "max_in_flight", "1 to 32"},
		{"a negative rate", change{RateLimit: kefu.Some(-1)}, "rate_limit", "0 to 1000"},
		{"rate 1000", change{RateLimit: kefu.Some(1000)}, "", ""},
		{"rate 1001", change{RateLimit: kefu.Some(1001)}, "rate_limit", "0 to 1000"},
		{"a short secret", change{Secret: kefu.Some("short")}, "secret", "at least 16"},
		{"an empty secret", change{Secret: kefu.Some("")}, "secret", "empty"},
		{"a secret with a space", change{Secret: kefu.Some("0123456789 0123456789")}, "secret", "white space"},
		{"half a secret", change{Secret: kefu.Some("whsec_AAECAwQF")}, "secret", "at least 24"},
		{"a secret that is not base64", change{Secret: kefu.Some("whsec_****************************************")}, "secret", "not base64"},
		{"a secret without end", change{Secret: kefu.Some(strings.Repeat("x", 501))}, "secret", "at most 500"},
		{"a null secret", change{Secret: kefu.Opt[string]{Given: true, Null: true}}, "", ""},

		{"basic", change{Authentication: basic("kefu", "open sesame, 芝麻")}, "", ""},
		{"basic with an empty password", change{Authentication: basic("sk_live_1", "")}, "", ""},
		{"basic without a name", change{Authentication: basic("", "x")}, "authentication.username", "is needed"},
		{"basic without a password", change{Authentication: kefu.Some(password{Type: kefu.AuthBasic, Username: kefu.Some("a")})}, "authentication.password", "is needed"},
		{"a colon in the name", change{Authentication: basic("a:b", "x")}, "authentication.username", "no colon"},
		{"CR in the name", change{Authentication: basic("a\rb", "x")}, "authentication.username", "no control"},
		{"LF in the password", change{Authentication: basic("a", "x\nX-Evil: 1")}, "authentication.password", "no control"},
		{"NUL in the password", change{Authentication: basic("a", "x\x00")}, "authentication.password", "no control"},
		{"no UTF-8 in the password", change{Authentication: basic("a", "x\xff")}, "authentication.password", "no control"},
		{"a long name", change{Authentication: basic(strings.Repeat("a", 257), "x")}, "authentication.username", "at most 256"},
		{"a long password", change{Authentication: basic("a", strings.Repeat("x", 1025))}, "authentication.password", "at most 1024"},
		{"bearer", change{Authentication: bearer("eyJ.eyJ.~_-+/=")}, "", ""},
		{"bearer without a token", change{Authentication: kefu.Some(password{Type: kefu.AuthBearer})}, "authentication.token", "is needed"},
		{"a token with a space", change{Authentication: bearer("a b")}, "authentication.token", "no spaces"},
		{"a token with CR LF", change{Authentication: bearer("a\r\nX: y")}, "authentication.token", "visible ASCII"},
		{"a token that is not ASCII", change{Authentication: bearer("令牌")}, "authentication.token", "visible ASCII"},
		{"a long token", change{Authentication: bearer(strings.Repeat("x", 4097))}, "authentication.token", "at most 4096"},
		{"another type", change{Authentication: kefu.Some(password{Type: "digest"})}, "authentication.type", "none basic bearer"},
		{"no type", change{Authentication: kefu.Some(password{Username: kefu.Some("a")})}, "authentication.type", "none basic bearer"},
		{"a password with none", change{Authentication: kefu.Some(password{Type: kefu.AuthNone, Password: kefu.Some("a")})}, "authentication.type", "basic or bearer"},
		{"a token with basic", change{Authentication: kefu.Some(password{Type: kefu.AuthBasic, Username: kefu.Some("a"), Password: kefu.Some("b"), Token: kefu.Some("c")})},
			"authentication.token", "belongs to bearer"},
		{"a name with bearer", change{Authentication: kefu.Some(password{Type: kefu.AuthBearer, Username: kefu.Some("a"), Token: kefu.Some("c")})},
			"authentication.username", "belong to basic"},

		{"headers", change{Headers: kefu.Some(headers{header("X-Api-Key", "a b\tc"), header("Cookie", "a=b"), header("x_1", "")})}, "", ""},
		{"20 headers", change{Headers: kefu.Some(many(20))}, "", ""},
		{"21 headers", change{Headers: kefu.Some(many(21))}, "headers", "at most 20"},
		{"a header twice", change{Headers: kefu.Some(headers{header("X-A", "1"), header("x-a", "2")})}, "headers", "x-a is there twice"},
		{"a header without a value", change{Headers: kefu.Some(headers{{Name: "X-A"}})}, "headers", "X-A needs a value"},
		{"no name of a header", change{Headers: kefu.Some(headers{header("", "1")})}, "headers", "no name of a header"},
		{"a colon in a header", change{Headers: kefu.Some(headers{header("X-A:", "1")})}, "headers", "no name of a header"},
		{"a line break in a header", change{Headers: kefu.Some(headers{header("X-A\r\nX-B", "1")})}, "headers", "no name of a header"},
		{"a long header", change{Headers: kefu.Some(headers{header(strings.Repeat("X", 101), "1")})}, "headers", "at most 100"},
		{"CR in a value", change{Headers: kefu.Some(headers{header("X-A", "a\rb")})}, "headers", "the value of X-A"},
		{"LF in a value", change{Headers: kefu.Some(headers{header("X-A", "a\nb")})}, "headers", "the value of X-A"},
		{"NUL in a value", change{Headers: kefu.Some(headers{header("X-A", "a\x00b")})}, "headers", "the value of X-A"},
		{"a value that is not ASCII", change{Headers: kefu.Some(headers{header("X-A", "倉")})}, "headers", "the value of X-A"},
		{"a value with a space behind", change{Headers: kefu.Some(headers{header("X-A", "a ")})}, "headers", "the value of X-A"},
		{"a long value", change{Headers: kefu.Some(headers{header("X-A", strings.Repeat("x", 4097))})}, "headers", "the value of X-A"},
	}
	r := newRig(t, storetest.SQLite(t))
	for _, row := range rows {
		base := good()
		merge(&base, row.change)
		_, err := r.CreateEndpoint(t.Context(), ask(), base)
		wantFault(t, row.name, err, row.field, row.words)
	}
	for _, name := range []string{"Host", "content-length", "Content-Type", "CONTENT-ENCODING", "Transfer-Encoding", "Connection", "Keep-Alive", "TE", "Trailer", "Upgrade",
		"Proxy-Authorization", "Proxy-Connection", "Expect", "Authorization", "signature", "User-Agent", "webhook-id", "Webhook-Signature", "webhook-", "X-Webhook-Event",
		"x-webhook-attempt"} {
		base := good()
		base.Headers = kefu.Some(headers{header(name, "1")})
		_, err := r.CreateEndpoint(t.Context(), ask(), base)
		wantFault(t, name, err, "headers", "is not yours to set")
	}
}

func many(n int) (all headers) {
	for i := range n {
		all = append(all, header("X-"+strings.Repeat("a", i+1), "1"))
	}
	return all
}

// merge puts the members of a row over those of a good change.
func merge(base *change, ch change) {
	url := base.URL
	events, name := base.Events, base.Name
	*base = ch
	base.URL = url
	if !ch.Events.Given {
		base.Events = events
	}
	if !ch.Name.Given {
		base.Name = name
	}
}

func TestEveryFaultIsNamedAtOnce(t *testing.T) {
	r := newRig(t, storetest.SQLite(t))
	if _, err := r.CreateEndpoint(t.Context(), ask(), change{}); !slices.Equal(fields(err), []string{"events", "name", "url"}) {
		t.Errorf("nothing at all: %v", err)
	}
	all := change{Name: kefu.Some(""), URL: kefu.Some("https://10.0.0.1/"), Description: kefu.Some(strings.Repeat("x", 2000)), Events: kefu.Some([]string{"x", "y"}),
		Timeout: kefu.Some(99), MaxInFlight: kefu.Some(99), RateLimit: kefu.Some(9999), Schedule: kefu.Some(kefu.RetrySchedule("x")),
		TimestampFormat: kefu.Some(kefu.TimestampFormat("x")), Secret: kefu.Some("x"), Authentication: basic("a:b", "\n"),
		Headers: kefu.Some(headers{header("Host", "x"), header("X", "\n")})}
	want := []string{"authentication.password", "authentication.username", "description", "events", "events", "headers", "headers", "max_in_flight", "name",
		"rate_limit", "schedule", "secret", "timeout", "timestamp_format", "url"}
	_, creating := r.CreateEndpoint(t.Context(), ask(), all)
	_, changing := r.UpdateEndpoint(t.Context(), ask(), r.create(good()).ID, all)
	for what, err := range map[string]error{"create": creating, "change": changing} {
		if diff := cmp.Diff(want, fields(err)); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
	}
}

func fields(err error) (all []string) {
	var wrong *kefu.Error
	if errors.As(err, &wrong) {
		for _, f := range wrong.Faults {
			all = append(all, f.Field)
		}
	}
	slices.Sort(all)
	return all
}

// TestWhatIsNotGivenStays: what cannot be read can be left out of a change, and null puts back what a new endpoint has.
func TestWhatIsNotGivenStays(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ch := good()
		ch.Authentication, ch.Headers = basic("kefu", "open sesame"), kefu.Some(headers{header("X-A", "1"), header("X-B", "2")})
		ch.Timeout, ch.MaxInFlight, ch.RateLimit = kefu.Some(30), kefu.Some(32), kefu.Some(5)
		ch.Schedule, ch.TimestampFormat = kefu.Some(kefu.ScheduleExtended), kefu.Some(kefu.TimestampUnix)
		made := r.create(ch)
		before := r.target(made.ID)
		r.edit(made.ID, change{URL: kefu.Some("https://HOOKS.example.com/elsewhere"), Authentication: kefu.Some(password{Type: kefu.AuthBasic, Username: kefu.Some("other")}),
			Headers: kefu.Some(headers{{Name: "x-b"}, header("X-C", "3")})})
		after := r.target(made.ID)
		want := before.Secrets
		want.Username, want.Headers = "other", []webhook.Header{{Name: "x-b", Value: "2"}, {Name: "X-C", Value: "3"}}
		if diff := cmp.Diff(want, after.Secrets); diff != "" {
			t.Error(diff)
		}
		null := kefu.Opt[int]{Given: true, Null: true}
		got := r.edit(made.ID, change{Timeout: null, MaxInFlight: null, RateLimit: null, Schedule: kefu.Opt[kefu.RetrySchedule]{Given: true, Null: true},
			TimestampFormat: kefu.Opt[kefu.TimestampFormat]{Given: true, Null: true}, Authentication: kefu.Opt[password]{Given: true, Null: true},
			Headers: kefu.Opt[headers]{Given: true, Null: true}})
		if got.Timeout != 5 || got.MaxInFlight != 4 || got.RateLimit != 0 || got.Schedule != kefu.ScheduleStandard || got.TimestampFormat != kefu.TimestampISO ||
			got.Authentication.Type != kefu.AuthNone || len(got.Headers) > 0 {
			t.Errorf("%+v", got)
		}
		if s := r.target(made.ID).Secrets; s.Username+s.Password+s.Token != "" || len(s.Headers) > 0 || s.Signing != made.Secret {
			t.Errorf("something is left: %q %q, %d headers", s.Username, s.Token, len(s.Headers))
		}
	})
}

// TestAnotherHostGetsNoCredentialsOfTheOldOne: who may change an endpoint, and may not see its credentials, must not get them by having them sent.
func TestAnotherHostGetsNoCredentialsOfTheOldOne(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		for url, safe := range map[string]bool{"https://hooks.example.com:8443/": false, "https://evil.example/": false, "https://hooks.example.com/b?c=d": true} {
			ch := good()
			ch.Authentication, ch.Headers = bearer("a-token"), kefu.Some(headers{header("X-A", "1")})
			made := r.create(ch)
			_, err := r.UpdateEndpoint(t.Context(), ask(), made.ID, change{URL: kefu.Some(url)})
			if got := fields(err); safe == slices.Equal(got, []string{"authentication", "headers"}) {
				t.Errorf("%s: %v", url, err)
			}
			_, err = r.UpdateEndpoint(t.Context(), ask(), made.ID, change{URL: kefu.Some(url), Authentication: kefu.Some(password{Type: kefu.AuthBearer}),
				Headers: kefu.Some(headers{{Name: "X-A"}})})
			if got := fields(err); safe == slices.Equal(got, []string{"authentication.token", "headers"}) {
				t.Errorf("%s: %v", url, err)
			}
			r.edit(made.ID, change{URL: kefu.Some(url), Authentication: bearer("another"), Headers: kefu.Some(headers{header("X-A", "2")})})
			if s := r.target(made.ID).Secrets; s.Token != "another" || s.Headers[0].Value != "2" || s.Signing != made.Secret {
				t.Errorf("%s: token %q", url, s.Token)
			}
		}
	})
}
