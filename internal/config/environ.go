package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"kefu/internal/connector"
	"kefu/internal/nearest"
)

const (
	// fileSuffix marks a variable that names a file with a secret.
	fileSuffix = "_FILE"
	// maxSecretFile bounds what is read when the file is not what it should be.
	maxSecretFile = 64 << 10
	// variableConfig names the configuration file when no flag does.
	variableConfig = "KEFU_CONFIG"
	// testPrefix begins the variables of Kefu's own tests, which are not configuration.
	testPrefix = "KEFU_TEST_"
)

// target is what a variable sets.
type target struct {
	path string
	set  func(text string) error
	// of names the variable that a …_FILE variable stands for; "" for the plain one.
	of string
	// also is the path of another setting whose variable has the same name; "" when there is none.
	also string
}

// variables gives the KEFU_ variables of an environment. Empty ones count as not set, and of two with one name the first holds.
func variables(environ []string) map[string]string {
	vars := map[string]string{}
	for _, entry := range environ {
		name, value, ok := strings.Cut(entry, "=")
		if _, twice := vars[name]; twice || !ok || !strings.HasPrefix(name, variablePrefix) || strings.HasPrefix(name, testPrefix) {
			continue
		}
		vars[name] = value
	}
	delete(vars, variableConfig)
	return vars
}

// environment lays the variables over the file.
func (l *loader) environment(environ []string) {
	vars, targets := variables(environ), l.targets()
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		t, known := targets[name]
		at := place{variable: name}
		switch value := vars[name]; {
		case !known:
			l.faultAt("", at, "is not known%s", nearest.Suggest(name, slices.Collect(maps.Keys(targets))))
		case value == "":
			// Set to nothing is not set: files of variables often list all of them.
		case t.also != "":
			l.faultAt(t.path, at, "could also be meant for %s; set it in the file", t.also)
		case t.of != "" && vars[t.of] != "":
			l.faultAt(t.path, at, "is set, and so is %s; keep one of them", t.of)
		default:
			l.setVariable(t, at, value)
		}
	}
}

func (l *loader) setVariable(t target, at place, value string) {
	if t.of != "" {
		text, err := readSecret(value)
		if err != nil {
			l.faultAt(t.path, at, "%s", err)
			return
		}
		value = text
	}
	l.overrule(t.path)
	l.at[t.path] = at
	if err := t.set(value); err != nil {
		l.fault(t.path, "%s", err)
	}
}

// overrule forgets the file's value and what was wrong with it: the variable goes before it.
func (l *loader) overrule(path string) {
	l.faults = slices.DeleteFunc(l.faults, func(f fault) bool { return f.variable == "" && within(f.field, path) })
	maps.DeleteFunc(l.at, func(at string, _ place) bool { return within(at, path) })
}

// targets lists every variable there is for this configuration.
func (l *loader) targets() map[string]target {
	all := map[string]target{}
	for f := range leaves(l.cfg) {
		add(all, f.variable(), f.secret(), target{path: f.path, set: func(text string) error { return setVariableText(f.value, text) }})
	}
	for i, in := range l.cfg.Inboxes {
		for _, f := range in.Settings.fields {
			path := fmt.Sprintf("inboxes[%d].settings.%s", i, f.Name)
			add(all, settingVariable(string(in.ID), f.Name), f.Secret(), target{path: path, set: settingSetter(in.Settings, f)})
		}
	}
	return all
}

func add(all map[string]target, name string, secret bool, t target) {
	if other, taken := all[name]; taken {
		t.also = other.path
	}
	all[name] = t
	if secret {
		t.of = name
		all[name+fileSuffix] = t
	}
}

// settingVariable names the variable of an inbox's setting.
func settingVariable(id, setting string) string {
	return variablePrefix + "INBOX_" + strings.ToUpper(strings.ReplaceAll(id+"_"+setting, "-", "_"))
}

func settingSetter(s Settings, f connector.Field) func(string) error {
	return func(text string) error {
		v, err := settingFromVariable(f, text)
		if err == nil {
			s.values[f.Name] = v
		}
		return err
	}
}
