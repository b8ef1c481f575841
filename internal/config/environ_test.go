package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const twoInboxes = `
listen: 127.0.0.1:1
trusted_proxies: [10.0.0.0/8, 192.168.0.0/16]
log: {level: warn}
inboxes:
  - {id: shop, channel: wordpress, settings: {username: from-file, application_password: file}}
  - {id: my-guild, channel: discord, settings: {token: file, guild_id: "1"}}
`

func TestEnvironmentGoesBeforeTheFile(t *testing.T) {
	t.Parallel()
	cfg := parse(t, twoInboxes,
		"KEFU_LISTEN=:2", "KEFU_LOG_LEVEL=error", "KEFU_TLS_CERT=c", "KEFU_TLS_KEY=k", "KEFU_TRUSTED_PROXIES=127.0.0.1, ::1",
		"KEFU_EGRESS_ALLOW=127.0.0.0/8", "KEFU_WEBHOOKS_ALLOW_HTTP=true", "KEFU_WEBHOOKS_PAYLOAD_DAYS=1",
		"KEFU_WEBHOOKS_ATTEMPT_DAYS=3650", "KEFU_ALERTS_REMOTE_DOWN=10s", "KEFU_ALERTS_QUEUE_AGE=24h", "KEFU_PACING=shop=2,my-guild=0.5", "KEFU_NATS_URL=",
		"KEFU_INBOX_SHOP_USERNAME=from-env", "KEFU_INBOX_SHOP_ALLOW_UNSIGNED_FROM=127.0.0.1/32,::1/128", "KEFU_INBOX_SHOP_DEFAULT=true",
		"KEFU_INBOX_SHOP_SWEEP_EVERY=30s", "KEFU_INBOX_MY_GUILD_COMMUNITY={bug_channel: '9'}", "KEFU_INBOX_MY_GUILD_GUILD_ID=2",
		"KEFU_CONFIG=other.yaml", "KEFU_TEST_ANYTHING=1", "PATH=/bin", "KEFU_LISTEN=:3", "NOT_A_PAIR")
	var b strings.Builder
	if err := cfg.Print(&b); err != nil {
		t.Fatal(err)
	}
	golden(t, filepath.Join("testdata", "environ.golden"), []byte(b.String()))
	guild, _ := cfg.Inbox("my-guild")
	if got, want := string(guild.Connector().Settings), `{"community":{"bug_channel":"9"},"guild_id":"2","token":"file"}`; got != want {
		t.Errorf("settings %s, want %s", got, want)
	}
}

// TestEnvironmentMendsTheFile: what a variable replaces is not judged, and what it supplies is not missing.
func TestEnvironmentMendsTheFile(t *testing.T) {
	t.Parallel()
	yaml := "listen: bad\ntrusted_proxies: [bad]\nlog: {level: bad}\npacing: {nobody: 0}\ninboxes: [{id: g, channel: discord, settings: {talk: [bad], guild_id: '1'}}]"
	cfg := parse(t, yaml, "KEFU_LISTEN=:1", "KEFU_TRUSTED_PROXIES=::1", "KEFU_LOG_LEVEL=warn", "KEFU_PACING=g=1", "KEFU_INBOX_G_TALK=relay", "KEFU_INBOX_G_TOKEN=t")
	if cfg.Listen != ":1" {
		t.Errorf("listen %s", cfg.Listen)
	}
}

func TestEnvironmentRefusals(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	empty, key, dirt := filepath.Join(dir, "empty"), filepath.Join(dir, "key"), filepath.Join(dir, "dirt")
	for path, text := range map[string]string{empty: "\n", key: "hidden-of-a-file-of-sixteen", dirt: "hidden\x00"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ name, entry, want string }{
		{"unknown", "KEFU_LITSEN=hidden", "environment KEFU_LITSEN: is not known; did you mean KEFU_LISTEN?"},
		{"unknown though empty", "KEFU_LITSEN=", "did you mean KEFU_LISTEN?"},
		{"unknown setting", "KEFU_INBOX_SHOP_USERNAM=hidden", "did you mean KEFU_INBOX_SHOP_USERNAME?"},
		{"unknown inbox", "KEFU_INBOX_OTHER_SITE_URL=hidden", "is not known"},
		{"file of what is no secret", "KEFU_LISTEN_FILE=hidden", "is not known"},
		{"value", "KEFU_LISTEN=80", "listen (environment KEFU_LISTEN): \"80\" is not an address"},
		{"list", "KEFU_TRUSTED_PROXIES=::1,bad", `trusted_proxies (environment KEFU_TRUSTED_PROXIES): "bad" is not a network`},
		{"map", "KEFU_PACING=shop", "pacing (environment KEFU_PACING)"},
		{"map of nobody", "KEFU_PACING=shpo=1", "pacing.shpo (environment KEFU_PACING): is not an inbox; did you mean shop?"},
		{"bool setting", "KEFU_INBOX_SHOP_DEFAULT=yes", "inboxes[0].settings.default (environment KEFU_INBOX_SHOP_DEFAULT): must be true or false"},
		{"duration setting", "KEFU_INBOX_SHOP_SWEEP_EVERY=-5m", "must be a duration"},
		{"map setting", "KEFU_INBOX_MY_GUILD_COMMUNITY=*hidden", "must be a map"},
		{"list as map setting", "KEFU_INBOX_MY_GUILD_COMMUNITY=[1]", "must be a map, not a list"},
		{"short key", "KEFU_SECRET_KEY=hidden", "secret_key (environment KEFU_SECRET_KEY): secret_key cannot be used: it has 6 characters"},
		{"not UTF-8", "KEFU_DATA_DIR=\xff", "must be UTF-8"},
		{"missing file", "KEFU_SECRET_KEY_FILE=" + filepath.Join(dir, "absent"), "cannot be opened: no such file"},
		{"empty file", "KEFU_SECRET_KEY_FILE=" + empty, "is empty"},
		{"folder", "KEFU_SECRET_KEY_FILE=" + dir, "cannot be read"},
		{"file of no text", "KEFU_INBOX_MY_GUILD_TOKEN_FILE=" + dirt, "must be UTF-8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			words := refused(t, twoInboxes, c.entry)
			if !strings.Contains(words, c.want) || strings.Contains(words, "hidden") {
				t.Errorf("words:\n%swant %q in them and nothing hidden", words, c.want)
			}
		})
	}
	if words := refused(t, twoInboxes, "KEFU_SECRET_KEY_FILE="+key, "KEFU_SECRET_KEY=hidden-and-long-enough"); !strings.Contains(words, "and so is KEFU_SECRET_KEY; keep one") {
		t.Errorf("words:\n%swant a refusal of both", words)
	}
}

func TestSecretFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	cfg := parse(t, twoInboxes,
		"KEFU_SECRET_KEY_FILE="+write("key", " key with spaces and length \r\n"),
		"KEFU_DATABASE_FILE="+write("db", "postgres://u:p@h/d\n"),
		"KEFU_INBOX_SHOP_APPLICATION_PASSWORD_FILE="+write("wp", "two\n\n"))
	shop, _ := cfg.Inbox("shop")
	got := []string{cfg.SecretKey.Reveal(), cfg.Database.Reveal(), string(shop.Connector().Settings)}
	want := []string{" key with spaces and length ", "postgres://u:p@h/d", `{"application_password":"two\n","username":"from-file"}`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestVariableOfTwoSettings: shop's eu_token and shop-eu's token have one variable. Neither may be set by guess.
func TestVariableOfTwoSettings(t *testing.T) {
	t.Parallel()
	const yaml = `inboxes:
  - {id: g, channel: twilio, settings: {auth_token: a}}
  - {id: g-eu, channel: discord, settings: {token: b, guild_id: "1"}}
`
	if words := refused(t, yaml, "KEFU_INBOX_G_EU_TOKEN=hidden"); !strings.Contains(words, "could also be meant for inboxes[0].settings.eu_token") || strings.Contains(words, "hidden") {
		t.Errorf("words:\n%s", words)
	}
	parse(t, yaml) // without the variable nothing is wrong
}
