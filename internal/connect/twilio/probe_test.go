package twilio

import (
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"kefu/internal/connector"
	fake "kefu/internal/fake/twilio"
	"kefu/internal/safehttp"
)

var updateProbe = flag.Bool("update-probe", false, "write testdata/probe.txtar anew")

const (
	probeGolden = "testdata/probe.txtar"
	probeHook   = "https://kefu.example/hooks/sms"
)

// setup is what doctor is let at.
type setup struct {
	o      fake.Options
	fault  *fake.Fault
	public string
	set    map[string]any
	now    time.Duration // by which our clock is ahead
}

// probed is what doctor prints of a setup.
func probed(t *testing.T, p setup) string {
	t.Helper()
	s := fake.New(p.o)
	if err := s.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if p.fault != nil {
		s.Inject(*p.fault)
	}
	o := s.Options()
	all := map[string]any{"account_sid": o.Account, "auth_token": o.AuthToken, "base_urls": s.URL()}
	maps.Copy(all, p.set)
	raw, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	if p.public == "" {
		p.public = "https://kefu.example"
	}
	client := safehttp.Operator(safehttp.Options{})
	defer client.CloseIdleConnections()
	c, err := Factory{}.New(connector.Inbox{ID: "sms", Channel: Kind, Settings: raw}, connector.Deps{
		Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return time.Now().Add(p.now) }, Operator: client, Guarded: client, PublicURL: p.public})
	if err != nil {
		t.Fatal(err)
	}
	found, err := connector.AbilitiesOf(c).Prober.Probe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range s.Requests() {
		if q.Method != http.MethodGet {
			t.Errorf("the probe asked %s %s", q.Method, q.Path)
		}
	}
	var b strings.Builder
	for _, f := range found {
		if f.Level != connector.LevelOK && f.Mend == "" {
			t.Errorf("no mend: %+v", f)
		}
		fmt.Fprintf(&b, "%-4s %s: %s\n", f.Level, f.Check, f.Words)
		if f.Mend != "" {
			fmt.Fprintf(&b, "     mend: %s\n", f.Mend)
		}
	}
	if strings.Contains(b.String(), o.AuthToken) || strings.Contains(b.String(), "S3CRET") {
		t.Errorf("a secret is shown: %s", b.String())
	}
	return strings.ReplaceAll(b.String(), s.URL(), "http://twilio.test")
}

// setups are those that operators have, and the mistakes that they make.
func setups() map[string]setup {
	desk := map[string]any{"workspace_sid": "WS" + zeros("1"), "workflow_sid": "WW" + zeros("1")}
	with := func(more map[string]any) map[string]any {
		all := maps.Clone(desk)
		maps.Copy(all, more)
		return all
	}
	return map[string]setup{
		"text messages":            {o: fake.Options{ServiceHook: probeHook}},
		"a service of its own":     {o: fake.Options{ServiceHook: probeHook}, set: map[string]any{"service_sid": "IS" + zeros("1")}},
		"no webhook":               {},
		"a webhook elsewhere":      {o: fake.Options{ServiceHook: "https://other.example/hook?key=S3CRET"}},
		"too few events":           {o: fake.Options{ServiceHook: probeHook, ServiceFilters: []string{"onMessageAdded", "onParticipantAdded"}}},
		"a webhook by GET":         {o: fake.Options{ServiceHook: probeHook, ServiceMethod: http.MethodGet}},
		"another service":          {set: map[string]any{"service_sid": "IS" + zeros("9")}},
		"a wrong token":            {o: fake.Options{ServiceHook: probeHook}, set: map[string]any{"auth_token": "another-token"}},
		"an API key that is gone":  {set: map[string]any{"api_key": "SK" + zeros("9"), "api_secret": "gone"}},
		"on this machine":          {o: fake.Options{ServiceHook: "http://127.0.0.1:8000/hooks/sms"}, public: "http://127.0.0.1:8000"},
		"plain http":               {o: fake.Options{ServiceHook: "http://kefu.example/hooks/sms"}, public: "http://kefu.example"},
		"Flex":                     {set: desk},
		"Flex without a workflow":  {set: with(map[string]any{"workflow_sid": "WW" + zeros("9")})},
		"Flex without a workspace": {set: with(map[string]any{"workspace_sid": "WS" + zeros("9")})},
		"a flow of Studio":         {set: with(map[string]any{"routing": "studio", "flow_sid": "FW" + zeros("1")})},
		"no flow":                  {set: with(map[string]any{"routing": "studio", "flow_sid": "FW" + zeros("9")})},
		"Twilio is down":           {fault: &fake.Fault{Kind: fake.FaultPage}},
		"a clock that is wrong":    {o: fake.Options{ServiceHook: probeHook}, now: time.Hour},
	}
}

func zeros(last string) string { return strings.Repeat("0", 32-len(last)) + last }

func TestProbeGolden(t *testing.T) {
	got := &txtar.Archive{Comment: []byte("What kefu doctor finds at Twilio. `go test ./internal/connect/twilio -run TestProbe -update-probe` writes it anew.\n")}
	all := setups()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		got.Files = append(got.Files, txtar.File{Name: name, Data: []byte(probed(t, all[name]))})
	}
	if *updateProbe {
		if err := os.WriteFile(probeGolden, txtar.Format(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(probeGolden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(txtar.Format(got))); d != "" {
		t.Errorf("what is found has changed (-want +got):\n%s", d)
	}
}
