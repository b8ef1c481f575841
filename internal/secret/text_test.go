package secret_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"kefu/internal/secret"
)

const plain = "hunter2-Zx9"

// holder is how credentials lie in configuration.
type holder struct {
	Token secret.Text
	Ptr   *secret.Text
	List  []secret.Text
	Map   map[string]secret.Text
}

func hold() holder {
	s := secret.Text(plain)
	return holder{Token: s, Ptr: &s, List: []secret.Text{s}, Map: map[string]secret.Text{"a": s}}
}

func wantHidden(t *testing.T, how, got string) {
	t.Helper()
	for _, leak := range []string{plain, fmt.Sprintf("%x", plain), fmt.Sprintf("%X", plain), fmt.Sprint([]byte(plain))} {
		if strings.Contains(got, leak) {
			t.Errorf("%s leaks: %s", how, got)
		}
	}
}

func TestTextPrintsAsMask(t *testing.T) {
	s := secret.Text(plain)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "% x", "%d", "%20s", "%t", "%U"} {
		if got := fmt.Sprintf(verb, s); got != "***" {
			t.Errorf("Sprintf(%s) = %q", verb, got)
		}
		wantHidden(t, verb, fmt.Sprintf(verb, hold()))
		wantHidden(t, verb+" of pointer", fmt.Sprintf(verb, &holder{Token: s}))
	}
	if s.String() != "***" || s.GoString() != "***" {
		t.Errorf("String %q, GoString %q", s.String(), s.GoString())
	}
	wantHidden(t, "error", fmt.Errorf("dial with %v", s).Error())
}

func TestTextEncodesAsMask(t *testing.T) {
	j, err := json.Marshal(hold())
	if err != nil || !bytes.Contains(j, []byte(`"Token":"***"`)) {
		t.Errorf("JSON %s, %v", j, err)
	}
	wantHidden(t, "JSON", string(j))
	y, err := yaml.Marshal(hold())
	if err != nil || !bytes.Contains(y, []byte("***")) {
		t.Errorf("YAML %s, %v", y, err)
	}
	wantHidden(t, "YAML", string(y))
	type config struct{ Token secret.Text }
	x, err := xml.Marshal(config{plain})
	if err != nil || !bytes.Contains(x, []byte("***")) {
		t.Errorf("XML %s, %v", x, err)
	}
	wantHidden(t, "XML", string(x))
}

func TestTextLogsAsMask(t *testing.T) {
	var b bytes.Buffer
	for _, h := range []slog.Handler{slog.NewTextHandler(&b, nil), slog.NewJSONHandler(&b, nil)} {
		slog.New(h).Info("x", "token", secret.Text(plain), "all", hold())
	}
	if !strings.Contains(b.String(), "***") {
		t.Errorf("no mask in %s", b.String())
	}
	wantHidden(t, "slog", b.String())
}

func TestEmptyTextStaysEmpty(t *testing.T) {
	var s secret.Text
	j, _ := json.Marshal(s)
	m, _ := s.MarshalText()
	y, _ := s.MarshalYAML()
	if s.String() != "" || string(j) != `""` || len(m) != 0 || y != "" || s.LogValue().String() != "" || fmt.Sprintf("%x", s) != "" {
		t.Errorf("an empty secret is shown as something: %q %s %q %v", s.String(), j, m, y)
	}
}

func TestTextIsReadAsWritten(t *testing.T) {
	var got struct{ A, B secret.Text }
	if err := json.Unmarshal([]byte(`{"A":"x y\n"}`), &got); err != nil || got.A.Reveal() != "x y\n" {
		t.Errorf("JSON: %q, %v", got.A.Reveal(), err)
	}
	// A credential of digits only must not go through a number: it would lose its leading zeros.
	if err := yaml.Unmarshal([]byte("a: 00123\nb: \"ä\"\n"), &got); err != nil || got.A.Reveal() != "00123" || got.B.Reveal() != "ä" {
		t.Errorf("YAML: %q %q, %v", got.A.Reveal(), got.B.Reveal(), err)
	}
}
