package client

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// apiDocument is what these tests read of the served document.
type apiDocument struct {
	Paths      map[string]map[string]apiOperation
	Components struct{ Schemas map[string]apiSchema }
}

type apiOperation struct {
	ID          string `json:"operationId"`
	Parameters  []struct{ Name, In string }
	RequestBody *apiBody
	Responses   map[string]apiBody
}

type apiBody struct {
	Required bool
	Content  map[string]struct{ Schema apiSchema }
}

type apiSchema struct {
	Ref        string `json:"$ref"`
	Type       words
	Format     string
	Enum       []any
	Items      *apiSchema
	Properties map[string]apiSchema
	Required   []string
}

// words are one, or a list of them.
type words []string

func (w *words) UnmarshalJSON(raw []byte) error {
	if strings.HasPrefix(string(raw), "[") {
		return json.Unmarshal(raw, (*[]string)(w))
	}
	*w = words{""}
	return json.Unmarshal(raw, &(*w)[0])
}

func readDocument(t *testing.T) *apiDocument {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "docs", "openapi.json"))
	if err != nil {
		t.Fatal(err)
	}
	doc := new(apiDocument)
	if err := json.Unmarshal(raw, doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

func (d *apiDocument) resolve(s apiSchema) apiSchema {
	if name, ok := strings.CutPrefix(s.Ref, "#/components/schemas/"); ok {
		return d.Components.Schemas[name]
	}
	return s
}

// sample is a value that has everything that a schema describes, and nothing in it is zero.
func (d *apiDocument) sample(s apiSchema) any {
	s = d.resolve(s)
	kind := ""
	if i := slices.IndexFunc(s.Type, func(w string) bool { return w != "null" }); i >= 0 {
		kind = s.Type[i]
	}
	switch kind {
	case "string":
		if i := slices.IndexFunc(s.Enum, func(v any) bool { return v != nil && v != "" }); i >= 0 {
			return s.Enum[i]
		}
		if s.Format == "date-time" {
			return "2026-11-21T16:09:27.694775Z"
		}
		return "x"
	case "integer":
		return 3.0
	case "number":
		return 0.5
	case "boolean":
		return true
	case "array":
		return []any{d.sample(*s.Items)}
	}
	all := map[string]any{}
	for name, p := range s.Properties {
		all[name] = d.sample(p)
	}
	if len(all) == 0 {
		all["any"] = "thing"
	}
	return all
}

// filled has every member set to something that is not zero.
func filled[T any]() T {
	var v T
	fill(reflect.ValueOf(&v).Elem())
	return v
}

func fill(v reflect.Value) {
	if v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(time.Unix(1700000000, 0).UTC()))
		return
	}
	if v.Type() == reflect.TypeFor[json.RawMessage]() {
		v.SetBytes([]byte(`{"any":"thing"}`))
		return
	}
	if opt, ok := reflect.TypeAssert[json.Unmarshaler](v.Addr()); ok {
		fillOpt(opt, v)
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(1)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Map:
		one := reflect.New(v.Type().Elem()).Elem()
		one.Set(reflect.ValueOf("thing"))
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf("any"), one)
	case reflect.Struct:
		for _, field := range v.Fields() {
			fill(field)
		}
	default:
		panic("nothing fills a " + v.Type().String())
	}
}

// fillOpt gives an Opt a value by its JSON: its fields are its own.
func fillOpt(opt json.Unmarshaler, v reflect.Value) {
	inner := reflect.New(v.MethodByName("Value").Type().Out(0)).Elem()
	fill(inner)
	raw, err := json.Marshal(inner.Interface())
	if err == nil {
		err = opt.UnmarshalJSON(raw)
	}
	if err != nil {
		panic(err)
	}
}
