package config

import (
	"iter"
	"reflect"
	"strings"
)

// variablePrefix begins the name of every variable that Kefu reads.
const variablePrefix = "KEFU_"

// leaf is one key of the configuration outside inboxes and routes.
type leaf struct {
	path  string // log.level
	value reflect.Value
	tag   reflect.StructTag
}

// leaves walks the keys in the order of the struct. Inboxes and routes are lists of things, which no variable can hold.
func leaves(cfg *Config) iter.Seq[leaf] {
	return func(yield func(leaf) bool) { walk(reflect.ValueOf(cfg).Elem(), "", yield) }
}

func walk(v reflect.Value, path string, yield func(leaf) bool) bool {
	for f, fv := range v.Fields() {
		at := join(path, f.Tag.Get("yaml"))
		switch {
		case isListOfThings(fv.Type()):
			continue
		case fv.Kind() == reflect.Struct:
			if !walk(fv, at, yield) {
				return false
			}
		case !yield(leaf{path: at, value: fv, tag: f.Tag}):
			return false
		}
	}
	return true
}

func isListOfThings(t reflect.Type) bool {
	return t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct && !isText(t.Elem())
}

func (f leaf) variable() string {
	return variablePrefix + strings.ToUpper(strings.ReplaceAll(f.path, ".", "_"))
}

func (f leaf) secret() bool { return isSecret(f.value.Type()) }

// setDefaults gives every key its default.
func setDefaults(cfg *Config) error {
	for f := range leaves(cfg) {
		if def := f.tag.Get("default"); def != "" {
			if err := setText(f.value, def); err != nil {
				return err
			}
		}
	}
	return nil
}
