package config

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"kefu/internal/connector"
	"kefu/internal/nearest"
)

const (
	// maxDepth bounds lists and maps inside each other.
	maxDepth = 16
	// maxExact is the largest whole number that every reader of JSON holds exactly.
	maxExact = 1 << 53
)

// Settings are what an inbox's connector needs, by the fields that its channel describes. They hold secrets: printing shows none of it.
type Settings struct {
	fields []connector.Field
	desk   bool // the channel can stand on the desk side
	values map[string]any
}

// Format writes nothing of the settings, for every verb.
func (s Settings) Format(f fmt.State, _ rune) { _, _ = fmt.Fprintf(f, "(%d settings)", len(s.values)) }

// LogValue writes nothing of the settings.
func (s Settings) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(s)) }

// MarshalJSON writes nothing of the settings; JSON gives them to a connector.
func (s Settings) MarshalJSON() ([]byte, error) { return json.Marshal(fmt.Sprint(s)) }

func fieldNames(fields []connector.Field) []string {
	names := make([]string, 0, len(fields))
	for _, f := range fields {
		names = append(names, f.Name)
	}
	return names
}

func fieldOf(fields []connector.Field, name string) (connector.Field, bool) {
	i := slices.IndexFunc(fields, func(f connector.Field) bool { return f.Name == name })
	if i < 0 {
		return connector.Field{}, false
	}
	return fields[i], true
}

// inboxSettings reads the settings of every inbox, now that its channel is known.
func (l *loader) inboxSettings() {
	for i := range l.cfg.Inboxes {
		in := &l.cfg.Inboxes[i]
		kind, ok := l.kinds[in.Channel]
		if !ok {
			continue // a fault of its own; without the channel nothing is known about the settings
		}
		path := fmt.Sprintf("inboxes[%d].settings", i)
		in.Settings = Settings{fields: kind.Fields, desk: kind.Desk, values: map[string]any{}}
		if node := l.settings[path]; node != nil {
			l.decodeSettings(node, in.Settings, path, in.Channel)
		}
	}
}

func (l *loader) decodeSettings(node *yaml.Node, s Settings, path, channel string) {
	for key, value := range l.pairs(node, path) {
		at := path + "." + key
		f, ok := fieldOf(s.fields, key)
		if !ok {
			l.fault(at, "is not a setting of channel %s%s", channel, nearest.Suggest(key, fieldNames(s.fields)))
			continue
		}
		v, err := settingOf(f, value)
		if err == nil && v != nil && len(f.Members) > 0 {
			l.checkMembers(f, value, at)
		}
		switch {
		case err != nil:
			l.fault(at, "%s", err)
		case v != nil:
			s.values[key] = v
		}
	}
}

// checkMembers names what a map has and may not have.
func (l *loader) checkMembers(f connector.Field, node *yaml.Node, path string) {
	for key := range l.pairs(node, path) {
		if !slices.Contains(f.Members, key) {
			l.fault(path+"."+key, "is not a member of %s%s", f.Name, nearest.Suggest(key, f.Members))
		}
	}
}

// settingOf reads one setting by its field. Nothing (null) is nil: not set. No error repeats the value: it may be a secret in the wrong
// place.
func settingOf(f connector.Field, node *yaml.Node) (any, error) {
	if isNull(node) {
		return nil, nil
	}
	switch f.Type {
	case "list":
		return kindOf(node, yaml.SequenceNode, "a list")
	case "map":
		return kindOf(node, yaml.MappingNode, "a map")
	default:
		if node.Kind != yaml.ScalarNode {
			return nil, fmt.Errorf("must be %s, not %s", typeWord(f.Type), nodeWord(node))
		}
		return settingText(f, node.Value)
	}
}

// settingText reads a setting that is one word or text. Numbers stay as they were written: an id of Discord is too long for a number.
func settingText(f connector.Field, text string) (any, error) {
	if err := clean(text); err != nil {
		return nil, err
	}
	switch f.Type {
	case "bool":
		return parseBool(text)
	case "duration":
		return parseDuration(text)
	default:
		return text, nil
	}
}

func parseBool(text string) (bool, error) {
	if text != "true" && text != "false" {
		return false, fmt.Errorf("must be true or false")
	}
	return text == "true", nil
}

func parseDuration(text string) (string, error) {
	if d, err := time.ParseDuration(text); err != nil || d < 0 {
		return "", fmt.Errorf("must be a duration: 30s, 5m or 1h30m")
	}
	return text, nil
}

func kindOf(node *yaml.Node, kind yaml.Kind, words string) (any, error) {
	if node.Kind != kind {
		return nil, fmt.Errorf("must be %s, not %s", words, nodeWord(node))
	}
	return natural(node, 0)
}

// natural takes a value as it stands: text, bool, number, list or map.
func natural(node *yaml.Node, depth int) (any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("lists and maps inside each other go deeper than %d", maxDepth)
	}
	switch node.Kind {
	case yaml.SequenceNode:
		return naturalList(node, depth)
	case yaml.MappingNode:
		return naturalMap(node, depth)
	case yaml.ScalarNode:
		return naturalText(node)
	default:
		return nil, fmt.Errorf("must be written out: *name stands for nothing here; put text that begins with * in quotes")
	}
}

func naturalList(node *yaml.Node, depth int) (any, error) {
	list := make([]any, 0, len(node.Content))
	for _, item := range node.Content {
		v, err := natural(item, depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, nil
}

func naturalMap(node *yaml.Node, depth int) (any, error) {
	m := make(map[string]any, len(node.Content)/2)
	for pair := range slices.Chunk(node.Content, 2) {
		key := pair[0]
		if key.Kind != yaml.ScalarNode {
			return nil, fmt.Errorf("has a key that is %s; keys are text", nodeWord(key))
		}
		if _, twice := m[key.Value]; twice {
			return nil, fmt.Errorf("has the key %s twice", quote(key.Value))
		}
		v, err := natural(pair[1], depth+1)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", quote(key.Value), err)
		}
		m[key.Value] = v
	}
	return m, nil
}

func naturalText(node *yaml.Node) (any, error) {
	if err := plain(node); err != nil {
		return nil, err
	}
	switch node.ShortTag() {
	case "!!null":
		return nil, nil
	case "!!bool":
		return strings.EqualFold(node.Value, "true"), nil
	case "!!int":
		// A longer one is an id, and would reach its reader with other digits at the end.
		if n, err := strconv.ParseInt(node.Value, 10, 64); err == nil && n <= maxExact && n >= -maxExact {
			return n, nil
		}
	case "!!float":
		if n, err := strconv.ParseFloat(node.Value, 64); err == nil && !math.IsInf(n, 0) && !math.IsNaN(n) {
			return n, nil
		}
	}
	return node.Value, clean(node.Value)
}
