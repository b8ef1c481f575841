package chatwoot

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"path"
	"slices"
	"strings"

	"kefu"
	api "kefu/chatwoot"
)

// mostFields is how many fields a form of ours has at most.
const mostFields = kefu.MostFields

// contentOf makes content of a message; notes say what was left out, or could not be copied.
func (c *Connector) contentOf(ctx context.Context, t *talk, m *api.Message) (kefu.Content, []string) {
	text, _ := kefu.CleanText(m.Content)
	if len(text) > kefu.MaxText {
		text = strings.ToValidUTF8(text[:kefu.MaxText], "")
	}
	content := kefu.Content{Type: kefu.ContentText, Text: text}
	if m.Type == api.Outgoing {
		content = asked(content, m)
	}
	files, notes := t.files(ctx, m.Attachments)
	content.Attachments = files
	if content.Type == kefu.ContentText && strings.TrimSpace(text) == "" && len(files) > 0 {
		content.Type = kefu.ContentFile
		if files[0].IsImage() {
			content.Type = kefu.ContentImage
		}
	}
	return content, notes
}

// itemOf is an item of any rich message.
type itemOf struct {
	Title       string       `json:"title"`
	Value       string       `json:"value"`
	Name        string       `json:"name"`
	Label       string       `json:"label"`
	Type        string       `json:"type"`
	Placeholder string       `json:"placeholder"`
	Default     string       `json:"default"`
	Required    any          `json:"required"`
	Description string       `json:"description"`
	Link        string       `json:"link"`
	Options     []itemOf     `json:"options"`
	Actions     []api.Action `json:"actions"`
}

// asked makes a form, choices, articles or card of what an agent sent; what has no place in them stays a text that says everything.
func asked(content kefu.Content, m *api.Message) kefu.Content {
	items := itemsOf(m)
	if len(items) == 0 {
		return content
	}
	switch m.ContentType {
	case api.Form:
		return formOf(content, items)
	case api.InputSelect:
		return choiceOf(content, items)
	case api.Articles:
		content.Type = kefu.ContentArticle
		for _, it := range items {
			content.Articles = append(content.Articles, kefu.ArticleCard{Title: it.Title, Excerpt: it.Description, URL: it.Link})
		}
	case api.Cards:
		content.Text = cards(content.Text, items)
	case api.Text, api.InputEmail:
	}
	return content
}

// mayStayEmpty tells whether a form of ours has a field that its customer may leave empty.
func mayStayEmpty(m *api.Message, name string) bool {
	return tagOf(m) != "" && slices.ContainsFunc(itemsOf(m), func(it itemOf) bool { return it.Name == name && it.Required == nil })
}

// itemsOf are the items of a rich message; nil when it has none that can be read.
func itemsOf(m *api.Message) (items []itemOf) {
	raw, err := json.Marshal(m.ContentAttributes["items"])
	if err != nil || json.Unmarshal(raw, &items) != nil {
		return nil
	}
	return items
}

// choiceOf is a select of an agent's; one whose options cannot be told apart, or are too many, is a text with what they say.
func choiceOf(content kefu.Content, items []itemOf) kefu.Content {
	ask := kefu.FormField{Name: kefu.ChoiceField, Label: kefu.ChoiceField, Type: kefu.FieldSelect}
	lines := []string{content.Text}
	for _, it := range items {
		ask.Options = append(ask.Options, kefu.Choice{Label: kefu.Excerpt(it.Title, kefu.MaxLabel), Value: it.Value})
		lines = append(lines, "• "+it.Title)
	}
	var faults kefu.Faults
	if (kefu.Form{Fields: []kefu.FormField{ask}}).Check(&faults, "choices"); len(faults) > 0 {
		content.Text = strings.Join(lines, "\n")
		return content
	}
	content.Type, content.Choices = kefu.ContentChoice, ask.Options
	return content
}

func formOf(content kefu.Content, items []itemOf) kefu.Content {
	form := kefu.Form{}
	var lines []string
	for _, it := range items {
		f := kefu.FormField{Name: it.Name, Label: cmp.Or(it.Label, it.Name), Type: kefu.FieldType(it.Type), Placeholder: it.Placeholder, Default: it.Default, Required: true}
		for _, o := range it.Options {
			f.Options = append(f.Options, kefu.Choice{Label: o.Label, Value: o.Value})
		}
		form.Fields = append(form.Fields, f)
		lines = append(lines, f.Label)
	}
	var faults kefu.Faults
	if form.Check(&faults, "form"); len(faults) > 0 {
		content.Text = strings.Join(append([]string{content.Text}, lines...), "\n")
		return content
	}
	content.Type, content.Form = kefu.ContentForm, &form
	return content
}

// cards says in words what cards show, as far as the text does not say it.
func cards(text string, items []itemOf) string {
	lines := []string{text}
	say := func(parts ...string) {
		if line := strings.TrimSpace(strings.Join(parts, " ")); line != "" && !strings.Contains(text, line) {
			lines = append(lines, line)
		}
	}
	for _, it := range items {
		say(it.Title)
		say(it.Description)
		for _, a := range it.Actions {
			say(a.Text, a.URI)
		}
	}
	return strings.Join(lines, "\n")
}

// files copies the files of a message. One that cannot be copied is kept by its address, and said so.
func (t *talk) files(ctx context.Context, list []api.Attachment) (files []kefu.Attachment, notes []string) {
	ctx, cancel := context.WithTimeout(ctx, copyLimit)
	defer cancel()
	for _, a := range list[:min(len(list), maxFiles)] {
		link := a.DataURL
		u, err := url.Parse(link)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			notes = append(notes, "an attachment of type "+kefu.Excerpt(cmp.Or(a.FileType, "unknown"), 30)+" cannot be shown")
			continue
		}
		f := kefu.Attachment{URL: link, Size: a.FileSize, Name: fileName(u)}
		if a.FileType == "image" {
			f.Type = "image/*"
		}
		if t.keep != nil {
			kept, err := t.keep(ctx, link, f.Name)
			if err == nil {
				f = kept
			} else {
				notes = append(notes, "the file "+kefu.Excerpt(f.Name, 60)+" was not copied: "+kefu.Excerpt(reasonOf(err), 200))
			}
		}
		files = append(files, f)
	}
	if n := len(list) - maxFiles; n > 0 {
		notes = append(notes, "more attachments are in Chatwoot")
	}
	return files, notes
}

// reasonOf is what an error says to people; what has no words for them is not shown.
func reasonOf(err error) string {
	var e *kefu.Error
	if errors.As(err, &e) {
		return e.Msg
	}
	return "it could not be fetched"
}

func fileName(u *url.URL) string {
	name := path.Base(u.Path)
	if name == "." || name == "/" {
		return "file"
	}
	return kefu.Excerpt(name, 200)
}
