package config

import (
	"fmt"
	"io"
	"log/slog"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"kefu"
	"kefu/internal/secret"
)

// mask stands for a secret in what is printed.
const mask = "***"

var (
	// urlUser finds the password of a URL, or a user that is a token (nats://token@host).
	urlUser = regexp.MustCompile(`(://)([^/?#\s:@]*)(:[^/?#\s]*)?@`)
	// urlQuery finds passwords among a URL's parameters.
	urlQuery = regexp.MustCompile(`(?i)([?&][a-z]*(?:password|token|secret)=)[^&#\s]*`)
)

// Print writes the configuration as it holds, file, variables and defaults together, as YAML that loads again. Secrets, and passwords in
// URLs, are ***.
func (c *Config) Print(w io.Writer) error {
	enc := yaml.NewEncoder(w)
	enc.SetIndent(2)
	if err := enc.Encode(structNode(reflect.ValueOf(*c), "")); err != nil {
		return fmt.Errorf("print the configuration: %w", err)
	}
	return enc.Close()
}

// Masked is nil unless the configuration holds a *** that Print wrote in place of a secret. Such a configuration loads, so that it can be
// looked at and compared, but nothing should run with it: the error names every place and is of kind invalid.
func (c *Config) Masked() error {
	var faults kefu.Faults
	for f := range leaves(c) {
		if f.secret() && strings.Contains(f.value.String(), mask) {
			faults.Add(f.path, "holds *** in place of the secret; set it, also as %s", f.variable())
		}
	}
	for _, in := range c.Inboxes {
		for _, f := range in.Settings.fields {
			text, _ := in.Settings.values[f.Name].(string)
			if f.Secret() && text == mask || strings.Contains(text, ":"+mask+"@") {
				faults.Add(string(in.ID)+"."+f.Name, "holds *** in place of the secret; set it, also as %s", settingVariable(string(in.ID), f.Name))
			}
		}
	}
	return faults.Err("the configuration was printed without its secrets")
}

func structNode(v reflect.Value, path string) *yaml.Node {
	node := &yaml.Node{Kind: yaml.MappingNode}
	for f, fv := range v.Fields() {
		key := f.Tag.Get("yaml")
		node.Content = append(node.Content, textNode(key), valueNode(fv, f.Tag, join(path, key)))
	}
	return node
}

func valueNode(v reflect.Value, tag reflect.StructTag, path string) *yaml.Node {
	switch x := v.Interface().(type) {
	case Settings:
		return x.node()
	case Hours:
		return x.node()
	case secret.Text:
		return textNode(masked(x, tag.Get("url")))
	case slog.Level:
		return textNode(strings.ToLower(x.String()))
	case time.Duration:
		return textNode(durationText(x))
	case fmt.Stringer: // networks
		return textNode(x.String())
	case bool, float64, int:
		return literalNode(fmt.Sprint(x))
	}
	switch v.Kind() {
	case reflect.Struct:
		return structNode(v, path)
	case reflect.Slice:
		return listNode(v, path)
	case reflect.Map:
		return mapNode(v, path)
	default:
		return textNode(v.String())
	}
}

func listNode(v reflect.Value, path string) *yaml.Node {
	node := &yaml.Node{Kind: yaml.SequenceNode}
	if v.Len() == 0 || isText(v.Type().Elem()) {
		node.Style = yaml.FlowStyle
	}
	for i := range v.Len() {
		node.Content = append(node.Content, valueNode(v.Index(i), "", path))
	}
	return node
}

func mapNode(v reflect.Value, path string) *yaml.Node {
	node := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	for _, key := range keys {
		node.Content = append(node.Content, textNode(key.String()), valueNode(v.MapIndex(key), "", path))
	}
	return node
}

// node gives the settings in the order of the channel's fields.
func (s Settings) node() *yaml.Node {
	node := &yaml.Node{Kind: yaml.MappingNode}
	if len(s.values) == 0 {
		node.Style = yaml.FlowStyle
	}
	for _, f := range s.fields {
		v, ok := s.values[f.Name]
		if !ok {
			continue
		}
		if f.Secret() && v != "" {
			v = mask
		}
		node.Content = append(node.Content, textNode(f.Name), naturalNode(v))
	}
	return node
}

// naturalNode is the way back of natural.
func naturalNode(v any) *yaml.Node {
	switch x := v.(type) {
	case string:
		return textNode(maskURLs(x))
	case []any:
		node := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
		for _, item := range x {
			node.Content = append(node.Content, naturalNode(item))
		}
		return node
	case map[string]any:
		node := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
		for _, key := range slices.Sorted(maps.Keys(x)) {
			node.Content = append(node.Content, textNode(key), naturalNode(x[key]))
		}
		return node
	case nil:
		return literalNode("null")
	default:
		return literalNode(fmt.Sprint(x)) // bool or number: settings.go makes nothing else
	}
}

func textNode(text string) *yaml.Node {
	node := &yaml.Node{}
	node.SetString(text)
	return node
}

func literalNode(text string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Value: text} }

// masked shows what of a secret may be seen. kind is the url tag: of a "password" URL the user's name stays, of a "token" URL it may be
// the secret itself.
func masked(s secret.Text, kind string) string {
	switch kind {
	case "password":
		return urlQuery.ReplaceAllString(maskURLs(s.Reveal()), "${1}"+mask)
	case "token":
		return urlUser.ReplaceAllString(s.Reveal(), "://"+mask+"@")
	default:
		return s.String()
	}
}

// maskURLs takes the passwords out of URLs in text.
func maskURLs(text string) string {
	return urlUser.ReplaceAllStringFunc(text, func(user string) string {
		if name, _, hasPassword := strings.Cut(strings.TrimPrefix(user, "://"), ":"); hasPassword {
			return "://" + name + ":" + mask + "@"
		}
		return user
	})
}
