package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"kefu"
	"kefu/internal/connector"
)

const (
	// DefaultFile is read when it is there and nothing else is named.
	DefaultFile = "kefu.yaml"
	// maxFile bounds the file.
	maxFile = 1 << 20
	// builtInName is what faults call the configuration that holds without a file.
	builtInName = "without a file"
)

// builtIn is what holds when there is no file at all: with the defaults it makes Kefu run in an empty folder.
const builtIn = `inboxes:
  - id: site
    channel: wordpress
    name: site
    settings: {allow_unsigned_from: [127.0.0.1/32, "::1/128"], default: true}
`

// Load reads the configuration: the file at path, else the one that KEFU_CONFIG names, else kefu.yaml if it is there, else the built-in
// one; over it the KEFU_ variables of environ. kinds are the channels there are. Everything wrong is named in one *kefu.Error of kind
// invalid, whose faults say the key and the line or variable. Load reads files and changes nothing.
func Load(path string, environ []string, kinds []connector.Descriptor) (*Config, error) {
	name, data, err := read(path, environ)
	if err != nil {
		return nil, err
	}
	if name == "" {
		l := newLoader(kinds)
		l.builtIn = true
		return l.load(builtInName, []byte(builtIn), environ)
	}
	return Parse(name, data, environ, kinds)
}

// Parse reads a configuration that is not in a file; name is what faults call it. It is Load in all else.
func Parse(name string, data []byte, environ []string, kinds []connector.Descriptor) (*Config, error) {
	return newLoader(kinds).load(name, data, environ)
}

func (l *loader) load(name string, data []byte, environ []string) (*Config, error) {
	if err := setDefaults(l.cfg); err != nil {
		return nil, fmt.Errorf("a default of the configuration: %w", err)
	}
	l.document(data)
	if len(l.faults) == 1 && l.faults[0].field == "" {
		return nil, l.err(name) // not YAML: whatever else were said would be a guess
	}
	l.inboxSettings()
	l.environment(environ)
	l.check()
	if err := l.err(name); err != nil {
		return nil, err
	}
	return l.cfg, nil
}

// read finds the file; no name and no error means that there is none and none was asked for.
func read(path string, environ []string) (name string, data []byte, err error) {
	asked := path
	if asked == "" {
		asked = named(environ)
	}
	name = asked
	if name == "" {
		name = DefaultFile
	}
	data, err = readFile(name, maxFile)
	switch {
	case errors.Is(err, fs.ErrNotExist) && asked == "":
		return "", nil, nil
	case err != nil:
		return "", nil, kefu.Errorf(kefu.KindInvalid, "the configuration %s %v", quote(name), err)
	default:
		return name, data, nil
	}
}

func named(environ []string) string {
	for _, entry := range environ {
		if path, ok := strings.CutPrefix(entry, variableConfig+"="); ok {
			return path
		}
	}
	return ""
}

// readFile reads a file of at most limit bytes. The error continues a sentence that names the file.
func readFile(name string, limit int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("cannot be opened: %w", cause(err))
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("cannot be read: %w", cause(err))
	case int64(len(data)) > limit:
		return nil, fmt.Errorf("is larger than %d bytes", limit)
	default:
		return data, nil
	}
}

// cause takes the path out of a file error: the words around it have it already.
func cause(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// document decodes the one document of the file. An empty one leaves the defaults.
func (l *loader) document(data []byte) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, more yaml.Node
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return
	case err != nil:
		l.notYAML(err)
		return
	}
	l.decode(doc.Content[0], reflect.ValueOf(l.cfg).Elem(), "")
	if err := dec.Decode(&more); !errors.Is(err, io.EOF) {
		l.faultAt("", place{line: max(more.Line, 1)}, "begins a second document; a configuration is one")
	}
}

var (
	yamlLine   = regexp.MustCompile(`^yaml: line (\d+): `)
	yamlAnchor = regexp.MustCompile(`unknown anchor '.*' referenced`)
)

// notYAML words an error of the YAML reader. What follows a * is left out: it may be a password without quotes.
func (l *loader) notYAML(err error) {
	words := yamlAnchor.ReplaceAllString(err.Error(), "a value begins with *, which means something else in YAML: put it in quotes")
	p := place{}
	if m := yamlLine.FindStringSubmatch(words); m != nil {
		p.line, _ = strconv.Atoi(m[1])
		words = strings.TrimPrefix(words, m[0])
	}
	l.faultAt("", p, "is not YAML: %s", strings.TrimPrefix(words, "yaml: "))
}
