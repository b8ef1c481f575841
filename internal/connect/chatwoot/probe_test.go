package chatwoot

import (
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"kefu/internal/connector"
	fake "kefu/internal/fake/chatwoot"
	"kefu/internal/safehttp"
)

var updateProbe = flag.Bool("update-probe", false, "write testdata/probe.txtar anew")

const (
	probeGolden = "testdata/probe.txtar"
	probeHook   = "https://kefu.example/hooks/help"
	probeSecret = "the webhook's own secret"
	probePath   = "0123456789abcdef01234567"
)

// probed is what doctor prints of a server and settings. Settings that are nil are left out.
func probed(t *testing.T, o fake.Options, prepare func(*fake.Server), set map[string]any) string {
	t.Helper()
	s := fake.New(o)
	if err := s.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if prepare != nil {
		prepare(s)
	}
	public := "https://kefu.example"
	all := map[string]any{"url": s.URL(), "account_id": 1, "inbox_id": fake.APIInbox, "api_token": "user-token", "hook_secret": probeSecret}
	maps.Copy(all, set)
	if address, given := all["public_url"].(string); given {
		public = address
	}
	delete(all, "public_url")
	maps.DeleteFunc(all, func(_ string, v any) bool { return v == nil })
	raw, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	client := safehttp.Operator(safehttp.Options{})
	defer client.CloseIdleConnections()
	c, err := Factory{}.New(connector.Inbox{ID: "help", Channel: Kind, Settings: raw}, connector.Deps{
		Log: slog.New(slog.DiscardHandler), Now: time.Now, Operator: client, Guarded: client, PublicURL: public})
	if err != nil {
		t.Fatal(err)
	}
	before := s.Talks()
	found, err := connector.AbilitiesOf(c).Prober.Probe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(before, s.Talks()); d != "" {
		t.Errorf("the probe changed %s", d)
	}
	for _, q := range s.Requests() {
		if q.Method != http.MethodGet {
			t.Errorf("the probe asked %s %s", q.Method, q.Path)
		}
	}
	shown := printed(found)
	for _, secret := range []string{"user-token", "agent-token", "bot-token", probeSecret, probePath} {
		if strings.Contains(shown, secret) {
			t.Errorf("a finding tells %q:\n%s", secret, shown)
		}
	}
	return strings.ReplaceAll(shown, s.URL(), "SERVER")
}

// printed is one line for each finding, and its mend below.
func printed(found []connector.Finding) string {
	var b strings.Builder
	for _, f := range found {
		fmt.Fprintf(&b, "%-4s %s: %s\n", f.Level, f.Check, f.Words)
		if f.Mend != "" {
			fmt.Fprintf(&b, "     mend: %s\n", f.Mend)
		}
	}
	return b.String()
}

type probeCase struct {
	options fake.Options
	prepare func(*fake.Server)
	set     map[string]any
}

func probeCases() map[string]probeCase {
	hooked := func(s *fake.Server) {
		s.AddWebhook(probeHook, probeSecret)
		s.DefineAttribute("conversation_attribute", attrTicket)
	}
	return map[string]probeCase{
		"good":              {prepare: hooked},
		"good channel":      {prepare: hooked, set: map[string]any{"inbox_id": fake.WebInbox}},
		"no webhook":        {},
		"few events":        {prepare: func(s *fake.Server) { s.AddWebhook(probeHook, probeSecret, "message_created", "contact_created") }},
		"another secret":    {prepare: func(s *fake.Server) { s.AddWebhook(probeHook, "not the one") }},
		"twice":             {prepare: func(s *fake.Server) { hooked(s); s.AddWebhook(probeHook, probeSecret) }},
		"another address":   {prepare: func(s *fake.Server) { s.AddWebhook("https://old.example/hooks/help", probeSecret) }},
		"a path":            {prepare: func(s *fake.Server) { s.AddWebhook(probeHook+"/"+probePath, "") }, set: map[string]any{"hook_path_token": probePath, "signatures": "off"}},
		"unsigned":          {options: fake.Options{Unsigned: true}, prepare: hooked},
		"unsigned and off":  {options: fake.Options{Unsigned: true}, prepare: func(s *fake.Server) { s.AddWebhook(probeHook+"/"+probePath, "") }, set: map[string]any{"hook_path_token": probePath, "signatures": "off"}},
		"an agent":          {prepare: hooked, set: map[string]any{"api_token": "agent-token"}},
		"a stranger":        {set: map[string]any{"api_token": "wrong"}},
		"a bot's token":     {set: map[string]any{"api_token": "bot-token"}},
		"another account":   {set: map[string]any{"account_id": 2}},
		"no such inbox":     {prepare: hooked, set: map[string]any{"inbox_id": 99}},
		"WhatsApp":          {prepare: func(s *fake.Server) { hooked(s); s.AddInbox("WhatsApp", "Channel::Whatsapp") }, set: map[string]any{"inbox_id": 3}},
		"a bot alone":       {set: map[string]any{"api_token": nil, "bot_token": "bot-token", "bot": true}},
		"a wrong bot alone": {set: map[string]any{"api_token": nil, "bot_token": "wrong"}},
		"a bot without":     {prepare: hooked, set: map[string]any{"bot": true, "bot_token": "bot-token", "inbox_id": fake.WebInbox}},
		"another bot":       {prepare: func(s *fake.Server) { hooked(s); s.AddBot("https://other.example/bot", fake.WebInbox) }, set: map[string]any{"inbox_id": fake.WebInbox}},
		"a bot that signs":  {prepare: func(s *fake.Server) { hooked(s); s.AddBot(probeHook, fake.WebInbox) }, set: map[string]any{"inbox_id": fake.WebInbox, "bot": true}},
		"a bot of 4.12":     {options: fake.Options{OnlyAccountSigned: true}, prepare: func(s *fake.Server) { hooked(s); s.AddBot(probeHook, fake.WebInbox) }, set: map[string]any{"inbox_id": fake.WebInbox, "bot": true}},
		"a private address": {prepare: func(s *fake.Server) { s.AddWebhook("http://192.168.1.5:8080/hooks/help", probeSecret) }, set: map[string]any{"public_url": "http://192.168.1.5:8080"}},
		"a clock":           {options: fake.Options{Now: func() time.Time { return time.Now().Add(-2 * time.Hour) }}, prepare: hooked},
		"a proxy":           {prepare: func(s *fake.Server) { s.Inject(fake.Fault{Kind: fake.FaultHTML, Status: 200}) }, options: fake.Options{Prefix: "/x"}},
	}
}

// TestProbe compares what doctor prints of good and bad servers with testdata/probe.txtar.
func TestProbe(t *testing.T) {
	want := map[string]string{}
	if a, err := txtar.ParseFile(probeGolden); err == nil {
		for _, f := range a.Files {
			want[f.Name] = string(f.Data)
		}
	}
	cases := probeCases()
	written := &txtar.Archive{Comment: []byte("What kefu doctor finds at Chatwoot. `go test ./internal/connect/chatwoot -run TestProbe -update-probe` writes it anew.\n")}
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		c := cases[name]
		got := anyClock.ReplaceAllString(probed(t, c.options, c.prepare, c.set), "differ by 2h0m")
		written.Files = append(written.Files, txtar.File{Name: name, Data: []byte(got)})
		if d := cmp.Diff(want[name], got); d != "" && !*updateProbe {
			t.Errorf("%s: %s", name, d)
		}
	}
	if *updateProbe {
		if err := os.MkdirAll(filepath.Dir(probeGolden), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(probeGolden, txtar.Format(written), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

var anyClock = regexp.MustCompile(`differ by [0-9hms.]+`)

func TestVersions(t *testing.T) {
	for text, older := range map[string]bool{"4.11.9": true, "3.20.0": true, "4.12.0": false, "4.14.2": false, "5.0": false, "4": true, "": false, "edge": false, "4.x": false} {
		if got := parseVersion(text).before(version{4, 12}); got != older {
			t.Errorf("%q before 4.12: %v", text, got)
		}
	}
}

func TestProbeOfNobody(t *testing.T) {
	shown := probed(t, fake.Options{}, nil, map[string]any{"url": "http://127.0.0.1:1"})
	if !strings.Contains(shown, "fail server: http://127.0.0.1:1 does not answer") || !strings.Contains(shown, "mend: check url") {
		t.Errorf("nobody there: %s", shown)
	}
}
