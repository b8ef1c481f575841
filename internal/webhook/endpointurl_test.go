package webhook_test

import (
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kefu"
	"kefu/internal/storetest"
	"kefu/internal/webhook"
)

// TestSavingAsksWhatANameMeans before the transaction, and refuses a name that leads to inner addresses alone.
func TestSavingAsksWhatANameMeans(t *testing.T) {
	inner, outer := netip.MustParseAddr("10.1.2.3"), netip.MustParseAddr("93.184.215.14")
	r := newRig(t, storetest.SQLite(t))
	r.resolv.names = map[string][]netip.Addr{"inner.example": {inner, netip.MustParseAddr("::1")}, "both.example": {inner, outer}, "outer.example": {outer}, "mute.example": {}}
	for host, refused := range map[string]bool{"inner.example": true, "INNER.example.": true, "both.example": false, "outer.example": false, "mute.example": false, "later.example": false} {
		ch := good()
		ch.URL = kefu.Some("https://" + host + "/")
		_, err := r.CreateEndpoint(t.Context(), ask(), ch)
		if (kefu.KindOf(err) == kefu.KindInvalid) != refused || refused && !strings.Contains(err.Error(), "egress.allow") {
			t.Errorf("%s: %v", host, err)
		}
		if refused && strings.Contains(err.Error(), "10.1.2.3") {
			t.Errorf("%s: the words tell what the name means inside: %v", host, err)
		}
	}
	r.resolv.asked = nil
	made := r.create(good())
	r.edit(made.ID, webhook.EndpointChange{Description: kefu.Some("x")})
	if diff := cmp.Diff([]string{"hooks.example.com"}, r.resolv.asked); diff != "" {
		t.Errorf("a change without an address asks, or one with an address does not: %s", diff)
	}
}

// TestAnAddressThatIsThereIsNotJudgedAgain: a whole endpoint can be sent back to disable it, whatever its name means by now.
func TestAnAddressThatIsThereIsNotJudgedAgain(t *testing.T) {
	r := newRig(t, storetest.SQLite(t))
	made := r.create(good())
	r.resolv.names = map[string][]netip.Addr{"hooks.example.com": {netip.MustParseAddr("10.1.2.3")}}
	r.edit(made.ID, webhook.EndpointChange{URL: kefu.Some(made.URL), Enabled: kefu.Some(false)})
	_, err := r.UpdateEndpoint(t.Context(), ask(), made.ID, webhook.EndpointChange{URL: kefu.Some("https://hooks.example.com/other")})
	wantFault(t, "another address of it", err, "url", "egress.allow")
}

// TestAddressesThatAreRefused holds each address against what it is refused with; "" is taken. None of them asks the network.
func TestAddressesThatAreRefused(t *testing.T) {
	const whole, host, odd, unreachable = "a whole address", "letters, digits", "a usual address", "egress.allow"
	rows := []struct{ name, url, words string }{
		{"a name", "https://hooks.example.com", ""},
		{"everything", "https://hooks.example.com:8443/a/b%20c?key=1&x=%E5%80%89", ""},
		{"upper case", "HTTPS://Hooks.Example.COM/", ""},
		{"an address", "https://93.184.215.14/", ""},
		{"an address of IPv6", "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]:8443/", ""},
		{"an underline", "https://my_host.example.com/", ""},
		{"an international name, for machines", "https://xn--fsqu00a.xn--0zwm56d/", ""},
		{"a name that begins like a number", "https://0x7f.example.com/", ""},
		{"a long path", "https://hooks.example.com/" + strings.Repeat("a", 2022), ""},

		{"nothing", "", whole},
		{"a name alone", "hooks.example.com/kefu", whole},
		{"a path", "/kefu", whole},
		{"no host", "https:///kefu", whole},
		{"no slashes", "https:hooks.example.com", whole},
		{"another scheme", "ftp://hooks.example.com/", whole},
		{"a file", "file:///etc/passwd", whole},
		{"a port alone", "https://:443/", whole},
		{"no number for a port", "https://hooks.example.com:https/", whole},
		{"half an address", "https://[::1/", whole},
		{"escapes in the host", "https://%31%32%37.0.0.1/", whole},
		{"http", "http://hooks.example.com/", "webhooks.allow_http"},
		{"a user", "https://user@hooks.example.com/", "no user"},
		{"a password", "https://user:secret@hooks.example.com/", "no user"},
		{"an empty user", "https://@hooks.example.com/", "no user"},
		{"a fragment", "https://hooks.example.com/#a", "no fragment"},
		{"an empty fragment", "https://hooks.example.com/#", "no fragment"},
		{"port 0", "https://hooks.example.com:0/", "a port"},
		{"port 65536", "https://hooks.example.com:65536/", "a port"},
		{"no port behind the colon", "https://hooks.example.com:/", "a port"},
		{"too long", "https://hooks.example.com/" + strings.Repeat("a", 2023), "at most 2048"},
		{"a space", "https://hooks.example.com/a b", "no spaces"},
		{"a space in front", " https://hooks.example.com/", "no spaces"},
		{"a line break", "https://hooks.example.com/\r\nX: y", "no spaces"},
		{"a NUL", "https://hooks.example.com/\x00", "no spaces"},
		{"no UTF-8", "https://hooks.example.com/\xff", "no spaces"},
		{"an international name", "https://例え.テスト/", host},
		{"digits of full width", "https://１２７.０.０.１/", host},
		{"an empty label", "https://hooks..example.com/", host},
		{"a dot", "https://./", host},
		{"a long label", "https://" + strings.Repeat("a", 64) + ".example.com/", host},
		{"a long name", "https://" + strings.Repeat("a.", 127) + "com/", host},
		{"a sign", "https://hooks!.example.com/", host},

		{"loopback", "https://127.0.0.1/", unreachable},
		{"all of this machine", "https://0.0.0.0/", unreachable},
		{"loopback of IPv6", "https://[::1]/", unreachable},
		{"unspecified", "https://[::]/", unreachable},
		{"loopback in clothes", "https://[::ffff:127.0.0.1]/", unreachable},
		{"loopback in hexadecimal clothes", "https://[::ffff:7f00:1]/", unreachable},
		{"private", "https://10.0.0.5:8443/", unreachable},
		{"carrier's", "https://100.64.0.1/", unreachable},
		{"the cloud's", "https://169.254.169.254/latest/meta-data", unreachable},
		{"link-local", "https://[fe80::1]/", unreachable},
		{"unique local", "https://[fd00::1]/", unreachable},
		{"NAT64", "https://[64:ff9b::7f00:1]/", unreachable},
		{"6to4", "https://[2002:7f00:1::]/", unreachable},
		{"multicast", "https://224.0.0.1/", unreachable},
		{"localhost", "https://localhost/", unreachable},
		{"LocalHost.", "https://LocalHost.:8443/", unreachable},
		{"below localhost", "https://a.localhost/", unreachable},
		{"loopback with a dot", "https://127.0.0.1./", unreachable},
		{"a zone", "https://[fe80::1%25eth0]/", "zone"},
		{"a zone of a public address", "https://[2606:2800::1%25eth0]/", "zone"},
		{"short", "https://127.1/", odd},
		{"three parts", "https://127.0.1/", odd},
		{"decimal", "https://2130706433/", odd},
		{"decimal with a dot", "https://2130706433./", odd},
		{"hexadecimal", "https://0x7f000001/", odd},
		{"hexadecimal parts", "https://0x7f.0.0.0x1/", odd},
		{"half hexadecimal", "https://127.0.0.0x/", odd},
		{"octal", "https://0177.0.0.1/", odd},
		{"octal at the end", "https://127.0.0.01/", odd},
		{"too large", "https://256.1.1.1/", odd},
		{"huge", "https://99999999999999999999999999/", odd},
		{"five parts", "https://1.2.3.4.5/", odd},
	}
	r := newRig(t, storetest.SQLite(t))
	for _, row := range rows {
		r.resolv.asked = nil
		ch := good()
		ch.URL = kefu.Some(row.url)
		_, err := r.CreateEndpoint(t.Context(), ask(), ch)
		wantFault(t, row.name, err, "url", row.words)
		if row.words != "" && len(r.resolv.asked) > 0 {
			t.Errorf("%s: the network was asked for %v", row.name, r.resolv.asked)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the words repeat the address: %v", row.name, err)
		}
	}
}

// TestWhatTheOperatorOpens: http, and networks.
func TestWhatTheOperatorOpens(t *testing.T) {
	r := newRig(t, storetest.SQLite(t), func(o *webhook.Options) {
		o.AllowHTTP, o.Allow = true, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.1.0.0/16")}
	})
	for url, words := range map[string]string{"http://hooks.example.com/": "", "http://localhost:9/": "", "https://127.1.2.3/": "", "https://[::ffff:10.1.0.1]/": "",
		"https://10.2.0.1/": "egress.allow", "https://[::1]/": "egress.allow", "http://127.1/": "a usual address"} {
		ch := good()
		ch.URL = kefu.Some(url)
		_, err := r.CreateEndpoint(t.Context(), ask(), ch)
		wantFault(t, url, err, "url", words)
	}
}

// wantFault wants one fault, with these words about this member; without words it wants none.
func wantFault(t *testing.T, name string, err error, field, words string) {
	t.Helper()
	var wrong *kefu.Error
	switch {
	case words == "" && err != nil:
		t.Errorf("%s: %v", name, err)
	case words == "":
	case !errors.As(err, &wrong) || wrong.Kind != kefu.KindInvalid:
		t.Errorf("%s: %v, want %q", name, err, words)
	case len(wrong.Faults) != 1 || wrong.Faults[0].Field != field || !strings.Contains(wrong.Faults[0].Msg, words):
		t.Errorf("%s: %v, want %s to say %q", name, wrong.Faults, field, words)
	}
}
