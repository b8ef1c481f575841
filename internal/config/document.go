package config

import (
	"cmp"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"kefu/internal/connector"
	"kefu/internal/secret"
)

const documentHead = `# Configuration

<!-- Made by kefu config doc from the program itself; go test ./internal/config -update writes it anew. -->

Kefu reads one YAML file: the one that --config names, else the one that KEFU_CONFIG names, else kefu.yaml in the current folder if it is
there. With no file at all it runs on SQLite in the current folder, with a WordPress inbox ` + "`site`" + ` that takes unsigned hooks from loopback.

Every key can also be set by its variable, which goes before the file. A variable that is empty counts as not set. A secret's variable has a
second form with ` + "`_FILE`" + ` at its end, which names a file that holds the secret; a newline at the end of the file is cut. A list is words
separated by commas. A key or a variable beginning with KEFU_ that is not known is an error, except KEFU_CONFIG and KEFU_TEST_….

Text that begins with ` + "`*`, `&`, `!`" + ` or holds ` + "`: ` or ` #`" + ` needs quotes. Every fault is reported at once, with its line or variable:
` + "`kefu config check`" + `. What holds in the end: ` + "`kefu config print`" + `, with secrets as ` + "`***`" + `.

## Keys

| key | value | default | variable | what |
|---|---|---|---|---|
`

const documentInboxes = `
## Inboxes

` + "`inboxes`" + ` is a list. An inbox of the file is created or updated at start and read-only in the console; inboxes made in the console live in the
database.

| key | value | default | what |
|---|---|---|---|
`

const documentHours = `
### Business hours

` + "`hours`" + ` of an inbox say when people answer. Outside of them customers are told when somebody does; nothing is refused. Without ` + "`hours`" + ` an
inbox is always open.

` + "```yaml" + `
hours:
  zone: Asia/Taipei
  week: {weekdays: "09:00-12:00,13:00-18:00", sat: "10:00-14:00"}
  holidays: [01-01, 2026-02-16..2026-02-20]
` + "```" + `

| key | value | default | what |
|---|---|---|---|
`

const documentRoutes = `
## Routes

` + "`routes`" + ` is a list: to which desks the conversations of an inbox are mirrored. The console always sees all. Without ` + "`routes`" + ` a conversation
has the console only, and an inbox of channel discord that is the only desk gets the conversations of every other inbox.

| key | value | default | what |
|---|---|---|---|
`

const documentSettings = `
## Settings by channel

In names of variables ID is the inbox's id in upper case, with _ for -. Of two inboxes of one channel one may have ` + "`default: true`" + `.
A list's variable is words separated by commas; a map's is YAML or JSON on one line.
`

// Doc writes the documentation of every key, and of the settings of the channels in kinds, as Markdown.
func Doc(w io.Writer, kinds []connector.Descriptor) error {
	var b strings.Builder
	b.WriteString(documentHead)
	for f := range leaves(&Config{}) {
		name := "`" + f.variable() + "`"
		if f.secret() {
			name += ", `…_FILE`"
		}
		row(&b, code(f.path), typeName(f.value.Type(), f.tag), defaultWords(f.tag), name, f.tag.Get("doc"))
	}
	b.WriteString(documentInboxes)
	partRows(&b, reflect.TypeFor[Inbox]())
	b.WriteString(documentHours)
	partRows(&b, reflect.TypeFor[Hours]())
	b.WriteString(documentRoutes)
	partRows(&b, reflect.TypeFor[Route]())
	if len(kinds) > 0 {
		b.WriteString(documentSettings)
	}
	for _, k := range slices.SortedFunc(slices.Values(kinds), func(a, b connector.Descriptor) int { return cmp.Compare(a.Kind, b.Kind) }) {
		channelRows(&b, k)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func partRows(b *strings.Builder, t reflect.Type) {
	for f := range t.Fields() {
		row(b, code(f.Tag.Get("yaml")), typeName(f.Type, f.Tag), defaultWords(f.Tag), f.Tag.Get("doc"))
	}
}

func channelRows(b *strings.Builder, k connector.Descriptor) {
	fmt.Fprintf(b, "\n### %s\n\n", k.Kind)
	fmt.Fprintf(b, "%s. %s.\n\n", cmp.Or(k.Title["en"], k.Kind), sides(k))
	if len(k.Fields) == 0 {
		b.WriteString("It has no settings.\n")
		return
	}
	b.WriteString("| setting | value | default | variable | what |\n|---|---|---|---|---|\n")
	for _, f := range k.Fields {
		def := code(f.Default)
		if f.Required {
			def = "required"
		}
		name := "`" + variablePrefix + "INBOX_ID_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_")) + "`"
		if f.Secret() {
			name += ", `…_FILE`"
		}
		row(b, code(f.Name), fieldType(f), def, name, f.Doc)
	}
}

func sides(k connector.Descriptor) string {
	switch {
	case k.Customer && k.Desk:
		return "Customers write here, staff can answer here"
	case k.Desk:
		return "Staff answer here"
	default:
		return "Customers write here"
	}
}

func fieldType(f connector.Field) string {
	switch f.Type {
	case "string":
		return "text"
	case "bool":
		return "true or false"
	default:
		return f.Type
	}
}

func typeName(t reflect.Type, tag reflect.StructTag) string {
	name := tag.Get("type")
	switch {
	case name != "":
		return name
	case t == reflect.TypeFor[secret.Text]():
		return "secret"
	case t.Kind() == reflect.Bool:
		return "true or false"
	default:
		return "text"
	}
}

func defaultWords(tag reflect.StructTag) string {
	return cmp.Or(tag.Get("defaultdoc"), code(tag.Get("default")))
}

func code(text string) string {
	if text == "" {
		return ""
	}
	return "`" + text + "`"
}

func row(b *strings.Builder, cells ...string) {
	for _, c := range cells {
		b.WriteString("| " + strings.ReplaceAll(cmp.Or(c, "–"), "|", `\|`) + " ")
	}
	b.WriteString("|\n")
}
