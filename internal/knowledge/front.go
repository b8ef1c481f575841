package knowledge

import (
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"kefu/internal/nearest"
)

// front is the front matter of a file, with the line of each of its members.
type front struct {
	Title      string   `yaml:"title"`
	Locale     string   `yaml:"locale"`
	Key        string   `yaml:"key"`
	Collection string   `yaml:"collection,omitempty"`
	Keywords   []string `yaml:"keywords,flow,omitempty"`
	URL        string   `yaml:"url,omitempty"`
	Published  bool     `yaml:"published"`

	body   string
	lines  map[string]int
	faults []lineFault
}

type lineFault struct {
	line int
	msg  string
}

const fence = "---"

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// readFront takes the front matter off a text. Without any, all of it is the text; what is not said to be unpublished is published.
func readFront(text string) front {
	f := front{Published: true, lines: map[string]int{}, body: strings.Trim(text, "\n")}
	head, ok := strings.CutPrefix(text, fence+"\n")
	if !ok {
		return f
	}
	end := strings.Index("\n"+head, "\n"+fence+"\n")
	switch {
	case end >= 0:
		f.body = strings.Trim(head[end+len(fence)+1:], "\n")
		head = head[:end]
	case strings.HasSuffix("\n"+head, "\n"+fence):
		f.body, head = "", strings.TrimSuffix(head, fence)
	default:
		f.fault(1, "the front matter has no end: a line of three hyphens is needed")
		return f
	}
	if len(head) > maxFront {
		f.fault(1, "the front matter has more than "+strconv.Itoa(maxFront)+" bytes")
		return f
	}
	f.read(head)
	return f
}

func (f *front) fault(line int, msg string) {
	f.faults = append(f.faults, lineFault{max(line, 1), msg})
}

// read reads the YAML, whose first line is the second one of the file.
func (f *front) read(head string) {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(head), &doc); err != nil {
		at := yamlLine.FindStringSubmatch(err.Error())
		line := 0
		if at != nil {
			line, _ = strconv.Atoi(at[1]) // none is the first
		}
		f.fault(line+1, "the front matter is not YAML: "+yamlLine.ReplaceAllString(err.Error(), ""))
		return
	}
	if len(doc.Content) == 0 {
		return
	}
	top := doc.Content[0]
	if top.Kind != yaml.MappingNode {
		f.fault(top.Line+1, "the front matter must be lines of name: value")
		return
	}
	for i := 0; i+1 < len(top.Content); i += 2 {
		f.member(top.Content[i], top.Content[i+1])
	}
}

// member reads one member.
func (f *front) member(name, value *yaml.Node) {
	texts := map[string]*string{"title": &f.Title, "locale": &f.Locale, "key": &f.Key, "collection": &f.Collection, "url": &f.URL}
	known := []string{"title", "locale", "key", "collection", "keywords", "url", "published"}
	line := name.Line + 1
	if f.lines[name.Value] != 0 {
		f.fault(line, name.Value+" stands twice")
		return
	}
	f.lines[name.Value] = line
	switch text := texts[name.Value]; {
	case text != nil && value.Kind == yaml.ScalarNode:
		if value.Tag != "!!null" {
			*text = strings.TrimSpace(value.Value)
		}
	case text != nil:
		f.fault(line, name.Value+" must be one text")
	case name.Value == "published":
		if value.Decode(&f.Published) != nil {
			f.fault(line, "published must be true or false")
		}
	case name.Value == "keywords":
		f.keywords(line, value)
	default:
		f.fault(line, name.Value+" is not known"+nearest.Suggest(name.Value, known))
	}
}

// keywords reads a list, or one text with commas.
func (f *front) keywords(line int, value *yaml.Node) {
	if value.Kind == yaml.ScalarNode && value.Tag != "!!null" {
		f.Keywords = strings.FieldsFunc(value.Value, func(r rune) bool { return r == ',' || r == '，' || r == '、' })
		return
	}
	for _, item := range value.Content {
		if item.Kind != yaml.ScalarNode {
			f.fault(line, "keywords must be a list of texts")
			return
		}
		f.Keywords = append(f.Keywords, item.Value)
	}
}

// file writes the front matter and the text of a file.
func (f front) file() ([]byte, error) {
	head, err := yaml.Marshal(f)
	return []byte(fence + "\n" + string(head) + fence + "\n" + f.body + "\n"), err
}
