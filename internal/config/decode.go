package config

import (
	"errors"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"kefu/internal/nearest"
)

// decode sets v from what stands at node. Everything that does not fit is noted and left as it was.
func (l *loader) decode(node *yaml.Node, v reflect.Value, path string) {
	if _, known := l.at[path]; !known && path != "" && !l.builtIn {
		l.at[path] = place{line: node.Line}
	}
	switch {
	case isNull(node):
		// A key with nothing behind it is not set.
	case v.Type() == reflect.TypeFor[Settings]():
		l.settings[path] = node
	case isText(v.Type()):
		l.decodeText(node, v, path)
	case v.Kind() == reflect.Struct:
		l.decodeStruct(node, v, path)
	case v.Kind() == reflect.Slice:
		l.decodeList(node, v, path)
	case v.Kind() == reflect.Map:
		l.decodeMap(node, v, path)
	}
}

func (l *loader) decodeStruct(node *yaml.Node, v reflect.Value, path string) {
	fields := map[string]reflect.Value{}
	var keys []string
	for f, fv := range v.Fields() {
		key := f.Tag.Get("yaml")
		fields[key] = fv
		keys = append(keys, key)
	}
	for key, value := range l.pairs(node, path) {
		at := join(path, key)
		fv, ok := fields[key]
		if !ok {
			l.fault(at, "is not known%s", nearest.Suggest(key, keys))
			continue
		}
		l.decode(value, fv, at)
	}
}

func (l *loader) decodeList(node *yaml.Node, v reflect.Value, path string) {
	if node.Kind != yaml.SequenceNode {
		l.fault(path, "must be a list, not %s", nodeWord(node))
		return
	}
	list := reflect.MakeSlice(v.Type(), len(node.Content), len(node.Content))
	for i, item := range node.Content {
		at := fmt.Sprintf("%s[%d]", path, i)
		if isNull(item) {
			l.faultAt(at, place{line: item.Line}, "is empty")
			continue
		}
		l.decode(item, list.Index(i), at)
	}
	v.Set(list)
}

func (l *loader) decodeMap(node *yaml.Node, v reflect.Value, path string) {
	m := reflect.MakeMap(v.Type())
	for key, value := range l.pairs(node, path) {
		if isNull(value) {
			continue
		}
		elem := reflect.New(v.Type().Elem()).Elem()
		l.decode(value, elem, join(path, key))
		m.SetMapIndex(reflect.ValueOf(key).Convert(v.Type().Key()), elem)
	}
	v.Set(m)
}

func (l *loader) decodeText(node *yaml.Node, v reflect.Value, path string) {
	if node.Kind != yaml.ScalarNode {
		l.fault(path, "must be one value, not %s", nodeWord(node))
		return
	}
	if err := errors.Join(plain(node), setText(v, node.Value)); err != nil {
		l.fault(path, "%s", firstLine(err))
	}
}

// pairs gives the keys and values of a map once each, and notes where each key stands.
func (l *loader) pairs(node *yaml.Node, path string) iter.Seq2[string, *yaml.Node] {
	return func(yield func(string, *yaml.Node) bool) {
		if node.Kind != yaml.MappingNode {
			l.fault(path, "must be keys with values, not %s", nodeWord(node))
			return
		}
		seen := map[string]int{}
		for pair := range slices.Chunk(node.Content, 2) {
			key, value := pair[0], pair[1]
			if key.Kind != yaml.ScalarNode || plain(key) != nil {
				l.faultAt(path, l.lineOf(key), "has a key that is not text")
				continue
			}
			at := join(path, key.Value)
			if first, twice := seen[key.Value]; twice {
				l.faultAt(at, l.lineOf(key), "stands here twice; the first is in line %d", first)
				continue
			}
			seen[key.Value] = key.Line
			l.at[at] = l.lineOf(key)
			if err := plain(value); err != nil {
				l.fault(at, "%s", err)
				continue
			}
			if !yield(key.Value, value) {
				return
			}
		}
	}
}

func (l *loader) lineOf(node *yaml.Node) place {
	if l.builtIn {
		return place{}
	}
	return place{line: node.Line}
}

// plain refuses what YAML knows and a configuration does not need: anchors, references and tags. Where they appear, somebody forgot the
// quotes around a password that begins with & or * or !, and a part of it would silently be lost.
func plain(node *yaml.Node) error {
	switch {
	case node.Kind == yaml.AliasNode:
		return errors.New("begins with *, which means something else in YAML: put it in quotes")
	case node.Anchor != "":
		return errors.New("begins with &, which means something else in YAML: put it in quotes")
	case node.Style&yaml.TaggedStyle != 0:
		return errors.New("begins with !, which means something else in YAML: put it in quotes")
	}
	return nil
}

func isNull(node *yaml.Node) bool {
	return node.Kind == yaml.ScalarNode && node.ShortTag() == "!!null"
}

func nodeWord(node *yaml.Node) string {
	switch node.Kind {
	case yaml.SequenceNode:
		return "a list"
	case yaml.MappingNode:
		return "a map"
	case yaml.ScalarNode:
		return "one value"
	default:
		return "a reference"
	}
}

func join(path, key string) string {
	if len(key) > maxQuoted {
		key = key[:maxQuoted] + "…"
	}
	if path == "" {
		return strings.ToValidUTF8(key, "")
	}
	return path + "." + strings.ToValidUTF8(key, "")
}
