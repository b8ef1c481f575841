package wordpress

import (
	"strings"
	"testing"
	"time"

	"kefu/internal/connector"
	fake "kefu/internal/fake/wordpress"
)

// worst finds what a probe says of one check; the worst of several.
func worst(list []connector.Finding, check string) connector.Finding {
	rank := map[string]int{connector.LevelOK: 1, connector.LevelWarn: 2, connector.LevelFail: 3}
	var out connector.Finding
	for _, f := range list {
		if f.Check == check && rank[f.Level] > rank[out.Level] {
			out = f
		}
	}
	return out
}

func TestProbe(t *testing.T) {
	for _, c := range []struct {
		name  string
		set   func(*Connector, *fake.Server)
		check string
		level string
		words string // in words or mend
	}{
		{"well: routes", func(*Connector, *fake.Server) {}, "routes", connector.LevelOK, "all routes"},
		{"well: password", func(*Connector, *fake.Server) {}, "password", connector.LevelOK, "accepts"},
		{"well: clock", func(*Connector, *fake.Server) {}, "clock", connector.LevelOK, "agree"},
		{"plugin", func(_ *Connector, s *fake.Server) { s.SetPlugin(true) }, "routes", connector.LevelOK, "Kefu's plugin"},
		{"unsigned hooks", func(*Connector, *fake.Server) {}, "hooks", connector.LevelWarn, "127.0.0.1/32"},
		{"signed hooks", func(c *Connector, _ *fake.Server) { c.set.hookSecret = testSecret }, "hooks", connector.LevelOK, "verified"},
		{"no hooks at all", func(c *Connector, _ *fake.Server) { c.set.unsigned = nil }, "hooks", connector.LevelFail, "hook_secret"},
		{"down", func(_ *Connector, s *fake.Server) { _ = s.SetDown(true) }, "site", connector.LevelFail, "firewall"},
		{"no site_url", func(c *Connector, _ *fake.Server) { c.set.site = "" }, "site", connector.LevelWarn, "site_url"},
		{"wrong password", func(_ *Connector, s *fake.Server) { s.SetCredentials("kefu", "zzzz") }, "password", connector.LevelFail, "application password"},
		{"no password", func(c *Connector, _ *fake.Server) { c.set.username = "" }, "password", connector.LevelFail, "set username"},
		{"no routes", func(_ *Connector, s *fake.Server) {
			s.Inject(fake.Fault{Kind: fake.FaultErrorJSON, Route: fake.RouteIndex, Status: 404, Code: noRoute})
		}, "routes", connector.LevelFail, "activate"},
		{"plain permalinks", func(_ *Connector, s *fake.Server) {
			s.Inject(fake.Fault{Kind: fake.FaultErrorHTML, Route: fake.RouteIndex, Status: 404})
		}, "routes", connector.LevelFail, "permalinks"},
		{"PHP error", func(_ *Connector, s *fake.Server) {
			s.Inject(fake.Fault{Kind: fake.FaultErrorHTML, Route: fake.RouteGet})
		}, "password", connector.LevelFail, "500"},
		{"header swallowed", func(_ *Connector, s *fake.Server) {
			s.Inject(fake.Fault{Kind: fake.FaultErrorJSON, Route: fake.RouteMe, Status: 401, Code: "rest_not_logged_in"})
		}, "password", connector.LevelFail, "Authorization header"},
		{"clock, unsigned", func(c *Connector, _ *fake.Server) { skew(c, 10*time.Minute) }, "clock", connector.LevelWarn, "NTP"},
		{"clock, signed", func(c *Connector, _ *fake.Server) { c.set.hookSecret = testSecret; skew(c, -10*time.Minute) }, "clock", connector.LevelFail, "refused"},
	} {
		t.Run(c.name, func(t *testing.T) {
			conn, site := pair(t, fake.Options{})
			skew(conn, 0)
			c.set(conn, site)
			before, _ := site.Ticket(33)
			list, err := conn.Probe(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			f := worst(list, c.check)
			if f.Level != c.level || !strings.Contains(f.Words+" "+f.Mend, c.words) {
				t.Errorf("got %+v of %+v", f, list)
			}
			for _, f := range list {
				if f.Level != connector.LevelOK && f.Mend == "" {
					t.Errorf("no mend: %+v", f)
				}
			}
			if after, _ := site.Ticket(33); len(after.Messages) != len(before.Messages) || len(site.Ledger()) != 0 {
				t.Error("the probe changed the site")
			}
		})
	}
}

func skew(c *Connector, d time.Duration) {
	c.deps.Now = func() time.Time { return time.Now().Add(d) }
}

func TestProbeMissingRoute(t *testing.T) {
	c := serve(t, map[string]string{routeIndex: `{"namespace":"dragonshop/v1","routes":{"/dragonshop/v1/ticket/update":{},"/dragonshop/v1/ticket/close":{}}}`})
	list, err := c.Probe(t.Context())
	if f := worst(list, "routes"); err != nil || f.Level != connector.LevelFail || !strings.Contains(f.Words, routeGet) || strings.Contains(f.Words, routeUpdate) {
		t.Errorf("%+v %v", list, err)
	}
}

func TestProbeHTTPOnTheNetwork(t *testing.T) {
	var f findings
	c := build(t, testDeps(t), map[string]any{"site_url": "http://shop.example"})
	c.probeAddress(&f)
	if w := worst(f, "https"); w.Level != connector.LevelWarn {
		t.Errorf("%+v", f)
	}
	for _, site := range []string{"https://shop.example", "http://127.0.0.1:8401", "http://[::1]", "http://localhost"} {
		f, c.set.site = nil, site
		if c.probeAddress(&f); len(f) != 0 {
			t.Errorf("%s: %+v", site, f)
		}
	}
}
