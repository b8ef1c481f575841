package app

import (
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"kefu"
	"kefu/internal/storetest"
)

// ruleFile is the file of Prometheus' alerting rules that is shipped.
type ruleFile struct {
	Groups []struct {
		Name  string `yaml:"name"`
		Rules []struct {
			Alert       string            `yaml:"alert"`
			Expr        string            `yaml:"expr"`
			For         string            `yaml:"for"`
			Labels      map[string]string `yaml:"labels"`
			Annotations map[string]string `yaml:"annotations"`
		} `yaml:"rules"`
	} `yaml:"groups"`
}

// TestShippedRules holds each rule against the page of metrics of an app that has seen some traffic: a metric or a label's value that is typed
// wrongly would never fire.
func TestShippedRules(t *testing.T) {
	raw, err := os.Open("../../docs/alerts/kefu.rules.yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	var file ruleFile
	read := yaml.NewDecoder(raw)
	read.KnownFields(true)
	if err := read.Decode(&file); err != nil {
		t.Fatal(err)
	}
	page := scraped(t, storetest.SQLite(t))
	seen := map[string]bool{}
	for _, g := range file.Groups {
		for _, r := range g.Rules {
			if seen[r.Alert] {
				t.Errorf("%s stands there twice", r.Alert)
			}
			seen[r.Alert] = true
			if d, err := time.ParseDuration(r.For); err != nil || d <= 0 {
				t.Errorf("%s: for %q", r.Alert, r.For)
			}
			if !slices.Contains([]string{"warning", "critical"}, r.Labels["severity"]) {
				t.Errorf("%s: severity %q", r.Alert, r.Labels["severity"])
			}
			for _, name := range []string{"summary", "description", "summary_zh"} {
				if r.Annotations[name] == "" {
					t.Errorf("%s has no %s", r.Alert, name)
				}
			}
			if err := judgeExpression(r.Expr, page); err != nil {
				t.Errorf("%s: %v", r.Alert, err)
			}
		}
	}
	for _, want := range []string{"KefuDown", "KefuRemoteDown", "KefuMessagesWait", "KefuWebhooksLate", "KefuWebhookEndpointFailing", "KefuWebhookEndpointDisabled",
		"KefuSearchBehind"} {
		if !seen[want] {
			t.Errorf("there is no rule %s", want)
		}
	}
}

// TestWrongRulesAreFound: the check of expressions can fail.
func TestWrongRulesAreFound(t *testing.T) {
	page := "kefu_a{state=\"x\"} 1\n"
	if err := judgeExpression(`sum(increase(kefu_a{state="x"}[15m])) > 10`, page); err != nil {
		t.Error(err)
	}
	for _, wrong := range []string{"max(kefu_b) > 0", `max(kefu_a{state="y"}) > 0`, `max(kefu_a{stat="x"}) > 0`, "max(kefu_a > 0", "max(kefu_a)) > 0", "maxx(kefu_a) > 0",
		"max(kefu_a) > many", "", "max(kefu_a) ; 0"} {
		if judgeExpression(wrong, page) == nil {
			t.Errorf("%q passes", wrong)
		}
	}
}

// scraped is the page of metrics of an app that has seen everything once.
func scraped(t *testing.T, url string) string {
	t.Helper()
	a, _ := newApp(t, url, "")
	if status, body := a.ask(t, http.MethodPost, "/ticket/create", `{"ticket_id":33,"ticket_title":"t","ticket_message":"hello","channel_name":"#c","sender":"Demo (demo@example.com)"}`); status != http.StatusOK {
		t.Fatalf("the hook is answered %d %s", status, body)
	}
	a.seen(t)
	a.metrics.attempt("shop", kefu.DeliverMessage, kefu.OutcomeDelivered, time.Second)
	a.metrics.webhookAttempt("", time.Second, time.Millisecond)
	a.metrics.webhookAttempt("timeout", 5*time.Second, -time.Millisecond)
	a.metrics.webhookFinal(kefu.DeliveryDelivered)
	a.metrics.webhookFinal(kefu.DeliveryFailed)
	status, page := a.ask(t, http.MethodGet, "/metrics", "")
	if status != http.StatusOK {
		t.Fatalf("/metrics is answered %d %s", status, page)
	}
	return page
}

// TestMetricsOfWebhooks: what is said of endpoints and alerts, and that an endpoint is its id and nothing else.
func TestMetricsOfWebhooks(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		page := scraped(t, url)
		for _, want := range []string{
			`kefu_webhook_attempt_seconds_count{outcome="ok"} 1`, `kefu_webhook_attempt_seconds_sum{outcome="timeout"} 5`,
			`kefu_webhook_lateness_seconds_count 2`, `kefu_webhook_lateness_seconds_sum 0.001`,
			`kefu_webhook_deliveries_total{state="failed"} 1`, `kefu_webhook_waiting{endpoint="whe_ill"} 1`, `kefu_webhook_oldest_seconds{endpoint="whe_ill"} 3600`,
			`kefu_webhook_endpoint_failing_seconds{endpoint="whe_ill"} 66`, `kefu_webhook_endpoint_failing_seconds{endpoint="whe_young"} 54`,
			`kefu_webhook_endpoints{state="enabled"} 3`, `kefu_webhook_endpoints{state="disabled"} 2`,
			`kefu_alerts_open{kind="remote_down",severity="critical"} 1`, `kefu_alerts_open{kind="webhook_disabled",severity="critical"} 1`,
		} {
			if !strings.Contains(page, "\n"+want) {
				t.Errorf("the page does not say %s", want)
			}
		}
		for _, never := range []string{"倉庫", "secret-host", `endpoint="whe_well"`, `failing_seconds{endpoint="whe_dead"`} {
			if strings.Contains(page, never) {
				t.Errorf("the page says %s", never)
			}
		}
	})
}

// token is one piece of an expression: a name, a text, a number, a duration or a sign.
var token = regexp.MustCompile(`^(?:[a-zA-Z_][a-zA-Z0-9_:]*|"[^"]*"|[0-9]+(?:\.[0-9]+)?(?:[smhdwy])?|[(){}\[\],]|[<>=!]=|[<>=+*/-])`)

// judgeExpression holds the names, brackets and functions of an expression against a page of metrics. It is no parser of PromQL: that is a
// large library, for a file of ten rules.
func judgeExpression(expr, page string) error {
	known := []string{"absent", "max", "min", "sum", "by", "increase", "rate"}
	opening, closing := []string{"(", "{", "["}, []string{")", "}", "]"}
	var open, tokens []string
	metric, label := "", ""
	for rest := expr; rest != ""; rest = strings.TrimLeft(rest, " ") {
		tok := token.FindString(rest)
		if tok == "" {
			return fmt.Errorf("%q is not understood", rest)
		}
		rest = rest[len(tok):]
		tokens = append(tokens, tok)
		inside := ""
		if len(open) > 0 {
			inside = open[len(open)-1]
		}
		switch {
		case slices.Contains(opening, tok):
			open = append(open, tok)
		case slices.Contains(closing, tok):
			if inside == "" || slices.Index(opening, inside) != slices.Index(closing, tok) {
				return fmt.Errorf("a bracket too many in %q", expr)
			}
			open = open[:len(open)-1]
		case strings.HasPrefix(tok, "kefu_"):
			if metric = tok; !regexp.MustCompile(`(?m)^` + metric + `[ {]`).MatchString(page) {
				return fmt.Errorf("no metric %s", metric)
			}
		case inside == "{" && token.MatchString(tok) && tok[0] != '"' && tok != "=":
			label = tok
		case tok[0] == '"':
			if !regexp.MustCompile(`(?m)^` + metric + `\{[^}]*\b` + label + `=` + regexp.QuoteMeta(tok)).MatchString(page) {
				return fmt.Errorf("no %s with %s=%s", metric, label, tok)
			}
		case regexp.MustCompile(`^[a-z]`).MatchString(tok) && !slices.Contains(known, tok):
			if !strings.HasSuffix(strings.TrimRight(strings.Join(tokens[:len(tokens)-1], " "), " "), "by (") {
				return fmt.Errorf("%s is not known", tok)
			}
			label = tok
		}
	}
	if len(open) > 0 || metric == "" {
		return fmt.Errorf("%q is not whole", expr)
	}
	return nil
}
