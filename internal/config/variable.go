package config

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"

	"kefu/internal/connector"
)

// settingFromVariable reads a list as words between commas, and a map as YAML or JSON on one line.
func settingFromVariable(f connector.Field, text string) (any, error) {
	switch f.Type {
	case "list":
		list := []any{}
		for _, word := range words(text) {
			list = append(list, word)
		}
		return list, clean(text)
	case "map":
		var doc yaml.Node
		if err := yaml.Unmarshal([]byte(text), &doc); err != nil || len(doc.Content) != 1 {
			return nil, errors.New(`must be a map: {name: value, other: value}`)
		}
		return kindOf(doc.Content[0], yaml.MappingNode, "a map")
	default:
		return settingText(f, text)
	}
}

// setVariableText sets a key from a variable: lists are words between commas, maps are name=value between commas.
func setVariableText(v reflect.Value, text string) error {
	switch v.Kind() {
	case reflect.Slice:
		return setList(v, words(text))
	case reflect.Map:
		return setMap(v, words(text))
	default:
		return setText(v, text)
	}
}

func setList(v reflect.Value, items []string) error {
	list := reflect.MakeSlice(v.Type(), len(items), len(items))
	for i, item := range items {
		if err := setText(list.Index(i), item); err != nil {
			return err
		}
	}
	v.Set(list)
	return nil
}

func setMap(v reflect.Value, items []string) error {
	m := reflect.MakeMap(v.Type())
	for _, item := range items {
		key, value, _ := strings.Cut(item, "=")
		elem := reflect.New(v.Type().Elem()).Elem()
		if err := errors.Join(clean(key), setText(elem, value)); err != nil {
			return fmt.Errorf("%s: %s; write name=number, separated by commas", quote(key), firstLine(err))
		}
		m.SetMapIndex(reflect.ValueOf(key).Convert(v.Type().Key()), elem)
	}
	v.Set(m)
	return nil
}

func words(text string) []string {
	var all []string
	for word := range strings.SplitSeq(text, ",") {
		if word = strings.TrimSpace(word); word != "" {
			all = append(all, word)
		}
	}
	return all
}

// readSecret reads a file that holds one secret. The newline at its end belongs to the editor that wrote it.
func readSecret(path string) (string, error) {
	raw, err := readFile(path, maxSecretFile)
	if err != nil {
		return "", fmt.Errorf("names the file %s, which %w", quote(path), err)
	}
	text := strings.TrimSuffix(strings.TrimSuffix(string(raw), "\n"), "\r")
	if text == "" {
		return "", fmt.Errorf("names the file %s, which is empty", quote(path))
	}
	return text, nil
}
