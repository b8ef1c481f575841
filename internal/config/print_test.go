package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"kefu"
)

// secrets of testdata/contract.yaml.
func secrets() []string {
	return []string{"db-password", "seal-of-sixteen", "nats-token", "nats-password", "site-password", "wp-password", "hook-secret", "discord-token", "twilio-token"}
}

func TestSecretsAreNeverShown(t *testing.T) {
	t.Parallel()
	cfg := parse(t, string(file(t, "contract.yaml")))
	var out bytes.Buffer
	if err := cfg.Print(&out); err != nil {
		t.Fatal(err)
	}
	golden(t, filepath.Join("testdata", "print.golden"), out.Bytes())
	out.WriteString(cfg.summary())
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		fmt.Fprintf(&out, verb, cfg)
		fmt.Fprintf(&out, verb, *cfg)
	}
	slog.New(slog.NewJSONHandler(&out, nil)).Info("configuration", "config", cfg, "inbox", cfg.Inboxes[0], "settings", cfg.Inboxes[0].Settings)
	raw, err := json.Marshal(cfg.Inboxes)
	if err != nil {
		t.Fatal(err)
	}
	out.Write(raw)
	for _, secret := range secrets() {
		if strings.Contains(out.String(), secret) {
			t.Errorf("%s can be seen", secret)
		}
		if hex := fmt.Sprintf("%x", secret); strings.Contains(out.String(), hex) {
			t.Errorf("%s can be seen in hex", secret)
		}
	}
}

func TestPrintedReloads(t *testing.T) {
	t.Parallel()
	for _, yaml := range []string{string(file(t, "contract.yaml")), twoInboxes, "", builtIn} {
		reloads(t, parse(t, yaml))
	}
}

// TestMaskedIsNotToRun: what was printed loads, but says itself that its secrets are gone.
func TestMaskedIsNotToRun(t *testing.T) {
	t.Parallel()
	cfg := parse(t, string(file(t, "contract.yaml")))
	if err := cfg.Masked(); err != nil {
		t.Errorf("with its secrets: %v, want nothing", err)
	}
	var out bytes.Buffer
	if err := cfg.Print(&out); err != nil {
		t.Fatal(err)
	}
	err := parse(t, out.String()).Masked()
	for _, key := range []string{"database", "secret_key", "nats_url", "shop.hook_secret", "shop.site_url", "guild.token", "flex.auth_token", "KEFU_INBOX_GUILD_TOKEN"} {
		if kefu.KindOf(err) != kefu.KindInvalid || !strings.Contains(err.Error(), key) {
			t.Errorf("error %v, want one of kind invalid that names %s", err, key)
		}
	}
}

func TestDesks(t *testing.T) {
	t.Parallel()
	const (
		shop  = "{id: shop, channel: wordpress}"
		guild = "{id: guild, channel: discord, settings: {token: t, guild_id: '1'}}"
		other = "{id: other, channel: discord, settings: {token: t, guild_id: '1'}}"
		flex  = "{id: flex, channel: twilio, settings: {auth_token: t}}"
	)
	for _, c := range []struct{ name, inboxes, routes, from, want string }{
		{"by its route", shop + "," + guild + "," + flex, "[{from: shop, to: [flex, guild]}]", "shop", "[flex guild]"},
		{"the console only, by its route", shop + "," + guild, "[{from: shop, to: []}]", "shop", "[]"},
		{"the only desk is Discord", shop + "," + guild, "[]", "shop", "[guild]"},
		{"the only desk, for an inbox of the database", shop + "," + guild, "[]", "made-in-console", "[guild]"},
		{"not for itself", shop + "," + guild, "[]", "guild", "[]"},
		{"another inbox has a route", shop + ",{id: shop2, channel: wordpress}," + guild, "[{from: shop, to: []}]", "shop2", "[guild]"},
		{"the only desk is not Discord", shop + "," + flex, "[]", "shop", "[]"},
		{"two desks", shop + "," + guild + "," + flex, "[]", "shop", "[]"},
		{"two desks of Discord", shop + "," + guild + "," + other, "[]", "shop", "[]"},
		{"no desk", shop, "[]", "shop", "[]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			cfg := parse(t, "inboxes: ["+c.inboxes+"]\nroutes: "+c.routes)
			if got := fmt.Sprint(cfg.Desks(kefu.InboxID(c.from))); got != c.want {
				t.Errorf("Desks(%s) = %s, want %s", c.from, got, c.want)
			}
		})
	}
}

func TestCheckWords(t *testing.T) {
	t.Chdir(t.TempDir())
	var out bytes.Buffer
	if err := Check(&out, "", []string{"KEFU_DATABASE=postgres://h/d", "KEFU_TRUSTED_PROXIES=0.0.0.0/0", "KEFU_EGRESS_ALLOW=::/0"}, testKinds()); err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"is well", "site (wordpress) goes to the console", "several nodes need it set", "trusted_proxies holds every", "egress.allow holds every"} {
		if !strings.Contains(out.String(), words) {
			t.Errorf("words %q, want %q in them", out.String(), words)
		}
	}
	out.Reset()
	if err := Check(&out, "", []string{"KEFU_LISTEN=x"}, testKinds()); err == nil || !strings.Contains(out.String(), "listen (environment KEFU_LISTEN): ") {
		t.Errorf("error %v, words %q; want the fault in both", err, out.String())
	}
}
