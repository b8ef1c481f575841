package wordpress

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kefu"
	"kefu/internal/connector"
)

func parse(t *testing.T, set map[string]any) (settings, error) {
	t.Helper()
	raw, err := json.Marshal(set)
	if err != nil {
		t.Fatal(err)
	}
	return parseSettings(raw)
}

func TestSettingsDefaults(t *testing.T) {
	for _, raw := range []string{``, `{}`, `{"site_url":null,"sweep_every":""}`} {
		s, err := parseSettings(json.RawMessage(raw))
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(s.unsigned) != "[127.0.0.1/32 ::1/128]" || s.sweepEvery != 5*time.Minute || s.currency != "TWD" || s.zone.String() != "Asia/Taipei" || s.site != "" {
			t.Errorf("%s: %+v", raw, s)
		}
	}
	if c := build(t, testDeps(t), nil); c.SweepEvery() != 0 {
		t.Error("without a site there is nothing to sweep")
	}
}

// Typed as a file has them, and all text as environment variables have them: the same.
func TestSettingsForms(t *testing.T) {
	typed := map[string]any{
		"site_url": "http://127.0.0.1:8401/shop/", "username": "kefu", "application_password": "xxxx xxxx", "hook_secret": testSecret,
		"allow_unsigned_from": []string{"127.0.0.1", "::1/128", "::ffff:10.0.0.0/104"}, "default": true, "order_url": "https://shop.example/o?orderId={order_id}",
		"sweep_every": "90s", "currency": "cny", "time_zone": "Asia/Shanghai",
	}
	text := map[string]any{"allow_unsigned_from": "127.0.0.1, ::1/128 ::ffff:10.0.0.0/104", "default": "true"}
	for k, v := range typed {
		if _, ok := text[k]; !ok {
			text[k] = v
		}
	}
	for _, set := range []map[string]any{typed, text} {
		s, err := parse(t, set)
		if err != nil {
			t.Fatal(err)
		}
		if s.site != "http://127.0.0.1:8401/shop" || fmt.Sprint(s.unsigned) != "[127.0.0.1/32 ::1/128 10.0.0.0/8]" || s.sweepEvery != 90*time.Second ||
			s.currency != "CNY" || s.zone.String() != "Asia/Shanghai" || s.password.Reveal() != "xxxx xxxx" {
			t.Errorf("%+v", s)
		}
	}
	if s, err := parse(t, map[string]any{"site_url": "https://shop.example", "sweep_every": "0"}); err != nil || s.sweepEvery != 0 {
		t.Errorf("never: %+v %v", s, err)
	}
}

func TestSettingsRefused(t *testing.T) {
	for _, c := range []struct {
		set    map[string]any
		fields []string
	}{
		{map[string]any{"site": 1, "app_password": "hunter2-hunter2"}, []string{"app_password", "site"}},
		{map[string]any{"site_url": "shop.example", "username": "a:b", "application_password": 5, "hook_secret": "short", "allow_unsigned_from": []string{"hunter2-hunter2", "10.0.0.0/8"},
			"default": "yes", "order_url": "https://shop.example", "sweep_every": "often", "currency": "NT$", "time_zone": "Taipei"},
			[]string{"allow_unsigned_from", "application_password", "application_password", "currency", "default", "hook_secret", "order_url", "site_url", "sweep_every", "time_zone", "username"}},
		{map[string]any{"site_url": "https://shop.example", "username": "kefu"}, []string{"application_password"}},
		{map[string]any{"site_url": "https://shop.example", "application_password": "hunter2-hunter2"}, []string{"username"}},
		{map[string]any{"username": "kefu", "application_password": "hunter2-hunter2"}, []string{"site_url"}},
		{map[string]any{"site_url": "https://kefu:hunter2-hunter2@shop.example"}, []string{"site_url"}},
		{map[string]any{"site_url": "https://shop.example/wp-json"}, []string{"site_url"}},
		{map[string]any{"site_url": "https://shop.example/?p=1"}, []string{"site_url"}},
		{map[string]any{"site_url": []string{"x"}}, []string{"site_url"}},
		{map[string]any{"sweep_every": "5ms"}, []string{"sweep_every"}},
		{map[string]any{"sweep_every": "-5m"}, []string{"sweep_every"}},
		{map[string]any{"allow_unsigned_from": 5}, []string{"allow_unsigned_from"}},
		{map[string]any{"order_url": "javascript:{order_id}"}, []string{"order_url"}},
	} {
		_, err := parse(t, c.set)
		if kefu.KindOf(err) != kefu.KindInvalid {
			t.Errorf("%v: %v", c.set, err)
			continue
		}
		if d := cmp.Diff(c.fields, faultFields(err)); d != "" {
			t.Errorf("%v: %s", c.set, d)
		}
		if strings.Contains(err.Error(), "hunter2-hunter2") && !slices.Contains(c.fields, "allow_unsigned_from") {
			t.Errorf("a value is in the error: %v", err)
		}
	}
	if _, err := parseSettings(json.RawMessage(`[]`)); kefu.KindOf(err) != kefu.KindInvalid {
		t.Errorf("a list: %v", err)
	}
}

// Printing a connector's settings shows no secret.
func TestSettingsPrintNoSecret(t *testing.T) {
	c := build(t, testDeps(t), map[string]any{"site_url": "https://shop.example", "username": "kefu", "application_password": "hunter2", "hook_secret": testSecret})
	if text := fmt.Sprintf("%v %+v %#v %v %+v %#v", c, c, c, c.set, c.set, c.set); strings.Contains(text, "hunter2") || strings.Contains(text, testSecret) {
		t.Error(text)
	}
}

func TestDescribe(t *testing.T) {
	d := Factory{}.Describe()
	if d.Kind != Kind || !d.Customer || d.Desk || len(d.Title) != 3 {
		t.Errorf("%+v", d)
	}
	for _, f := range d.Fields {
		if len(f.Label) != 3 || f.Doc == "" || f.Required || f.Secret() != strings.HasSuffix(f.Name, "_secret") && f.Name != "application_password" {
			t.Errorf("field %+v", f)
		}
	}
	a := connector.AbilitiesOf(build(t, testDeps(t), nil))
	if !slices.Contains(d.Capabilities, connector.CapLooks) {
		t.Error("it looks before it sends again, and must say so")
	}
	if a.Receiver == nil || a.Fingerprint == nil || a.StatusSender == nil || a.Enricher == nil || a.Comparer == nil || a.Prober == nil || a.Opener != nil || a.Listener != nil {
		t.Errorf("abilities: %+v", a)
	}
}
