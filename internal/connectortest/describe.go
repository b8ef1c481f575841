package connectortest

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"

	"kefu"
	"kefu/internal/connector"
)

func descriptions() []check {
	return []check{
		{"descriptor is complete", (*kit).descriptor},
		{"every setting is described and counts", (*kit).everySetting},
		{"unknown settings are all named", (*kit).unknownSettings},
		{"missing settings are all named", (*kit).missingSettings},
		{"wrong settings are all named", (*kit).wrongSettings},
		{"new connects to nothing", (*kit).newIsSilent},
		{"printing shows no secret", (*kit).printing},
	}
}

var (
	settingName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	secretName  = regexp.MustCompile(`(password|secret|token|_key)$`)
)

// fieldTypes are the types that package connector knows.
var fieldTypes = []string{"string", "secret", "bool", "duration", "list", "map"}

// inLanguages wants words in each language of the console.
func (k *kit) inLanguages(what string, words map[string]string) {
	k.t.Helper()
	for _, lang := range []string{"zh-TW", "zh-CN", "en"} {
		if strings.TrimSpace(words[lang]) == "" {
			k.t.Errorf("%s has no words in %s", what, lang)
		}
	}
}

func (k *kit) descriptor() {
	d := k.about
	if d.Kind == "" || !d.Desk && !d.Customer {
		k.t.Errorf("kind %q, desk %t, customer %t: it stands nowhere", d.Kind, d.Desk, d.Customer)
	}
	k.inLanguages("the title", d.Title)
	seen := map[string]bool{}
	for _, f := range d.Fields {
		k.inLanguages("setting "+f.Name, f.Label)
		switch {
		case !settingName.MatchString(f.Name) || seen[f.Name]:
			k.t.Errorf("setting %q: the name does not fit a file and a variable, or is there twice", f.Name)
		case !slices.Contains(fieldTypes, f.Type):
			k.t.Errorf("setting %s: type %q is none of %v", f.Name, f.Type, fieldTypes)
		case strings.TrimSpace(f.Doc) == "" || strings.Contains(f.Doc, "\n"):
			k.t.Errorf("setting %s: the documentation is not one line", f.Name)
		case f.Secret() != secretName.MatchString(f.Name):
			k.t.Errorf("setting %s: type %s, by its name the other way", f.Name, f.Type)
		case f.Default != "" && (f.Required || f.Secret()):
			k.t.Errorf("setting %s: a default for what is required or secret", f.Name)
		}
		seen[f.Name] = true
	}
}

// everySetting sets everything that is described, and wants everything that the connector keeps to be another than with other settings:
// what stays the same is a setting that nobody can set.
func (k *kit) everySetting() {
	var described []string
	for _, f := range k.about.Fields {
		described = append(described, f.Name)
	}
	slices.Sort(described)
	if named := slices.Sorted(maps.Keys(k.h.Every)); !slices.Equal(described, named) {
		k.t.Fatalf("described are %v, the harness knows %v", described, named)
	}
	one, err := k.make("one", k.h.Every)
	if err != nil {
		k.t.Fatalf("a good value for every setting is refused: %v", err)
	}
	two, err := k.make("two", k.remote.Settings)
	if err != nil {
		k.t.Fatal(err)
	}
	a, b := reflect.Indirect(reflect.ValueOf(k.h.Settings(one))), reflect.Indirect(reflect.ValueOf(k.h.Settings(two)))
	for i := range a.NumField() {
		if same(a.Field(i), b.Field(i)) {
			k.t.Errorf("no setting that is described changes %s", a.Type().Field(i).Name)
		}
	}
}

// same compares values that are in nobody's reach, and never by how they print: secrets print alike.
func same(a, b reflect.Value) bool {
	switch {
	case a.Kind() == reflect.Pointer && !a.IsNil() && !b.IsNil():
		return same(a.Elem(), b.Elem())
	case a.Kind() == reflect.Slice:
		for i := range min(a.Len(), b.Len()) {
			if !same(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return a.Len() == b.Len()
	case a.Comparable() && b.Comparable():
		return a.Equal(b)
	}
	return fmt.Sprint(a) == fmt.Sprint(b)
}

// unmarked is a value that no error may repeat: it may be a secret in the wrong place.
const unmarked = "hunter2-in-the-wrong-place"

// refused wants settings to be refused with a fault for each of the names.
func (k *kit) refused(settings map[string]any, names []string) {
	k.t.Helper()
	_, err := k.make("conformance", settings)
	var e *kefu.Error
	if !errors.As(err, &e) || e.Kind != kefu.KindInvalid {
		k.t.Fatalf("got %v, want a *kefu.Error of kind %s that names %v", err, kefu.KindInvalid, names)
	}
	for _, name := range names {
		if !slices.ContainsFunc(e.Faults, func(f kefu.Fault) bool {
			return (f.Field == name || strings.HasPrefix(f.Field, name+"[")) && f.Msg != ""
		}) {
			k.t.Errorf("%s is not named: %v", name, err)
		}
	}
	if strings.Contains(fmt.Sprintf("%v %+v", err, e.Faults), unmarked) {
		k.t.Errorf("the error repeats a value: %v", err)
	}
}

func (k *kit) unknownSettings() {
	k.refused(k.with(map[string]any{"colour": unmarked, "zz_token": unmarked}), []string{"colour", "zz_token"})
}

func (k *kit) missingSettings() {
	var names []string
	for _, f := range k.about.Fields {
		if f.Required {
			names = append(names, f.Name)
		}
	}
	if len(names) > 0 {
		k.refused(map[string]any{}, names)
		return
	}
	if _, err := k.make("conformance", map[string]any{}); err != nil {
		k.t.Errorf("no setting is described as required, and yet: %v", err)
	}
}

// wrongSettings puts an object where none belongs. Maps are left out: what is in them is the connector's later concern.
func (k *kit) wrongSettings() {
	wrong := map[string]any{}
	for _, f := range k.about.Fields {
		if f.Type != "map" {
			wrong[f.Name] = map[string]any{"value": unmarked}
		}
	}
	k.refused(wrong, slices.Sorted(maps.Keys(wrong)))
}

// newIsSilent lets the remote be a listener that counts. A connection of our own comes after any that New made.
func (k *kit) newIsSilent() {
	l, err := (&net.ListenConfig{}).Listen(k.ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		k.t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	var calls atomic.Int32
	silent := &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
		calls.Add(1)
		return nil, errors.New("nobody may be called yet")
	})}
	k.deps.Operator, k.deps.Guarded = silent, silent
	k.build(k.with(map[string]any{k.h.Address: "http://" + l.Addr().String()}))
	own, err := (&net.Dialer{}).DialContext(k.ctx, "tcp", l.Addr().String())
	if err != nil {
		k.t.Fatal(err)
	}
	defer own.Close()
	first, err := l.Accept()
	if err != nil {
		k.t.Fatal(err)
	}
	defer first.Close()
	if n := calls.Load(); n > 0 || first.RemoteAddr().String() != own.LocalAddr().String() {
		k.t.Errorf("New has called the remote: %d calls, first connection from %s, ours is from %s", n, first.RemoteAddr(), own.LocalAddr())
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

// RoundTrip calls the function.
func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// printing prints the connector as a careless log line would.
func (k *kit) printing() {
	for _, settings := range []map[string]any{k.remote.Settings, k.h.Every} {
		c := k.build(settings)
		k.deps.Log.Debug("printed", "connector", c, "group", slog.GroupValue(slog.Any("connector", c)))
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			if around, found := k.secrets.in(fmt.Sprintf(verb, c)); found {
				k.t.Errorf("%s of the connector shows a secret: …%s", verb, around)
			}
		}
	}
	if _, err := connector.NewRegistry(k.h.Factory); err != nil {
		k.t.Error(err)
	}
}
