package chatwoot

import (
	"fmt"
	"net/url"
)

func (Card) kind() ContentType    { return Cards }
func (Field) kind() ContentType   { return Form }
func (Choice) kind() ContentType  { return InputSelect }
func (Article) kind() ContentType { return Articles }

func (c Card) check(path string, f *faults) {
	f.need(path+".title", c.Title)
	if c.MediaURL != "" && !isWeb(c.MediaURL) {
		f.add(path+".media_url", "must be an http or https address")
	}
	if len(c.Actions) == 0 {
		f.add(path+".actions", "need at least one")
	}
	for i, a := range c.Actions {
		a.check(fmt.Sprintf("%s.actions[%d]", path, i), f)
	}
}

func (a Action) check(path string, f *faults) {
	f.need(path+".text", a.Text)
	switch a.Type {
	case Link:
		if !isWeb(a.URI) {
			f.add(path+".uri", "must be an http or https address")
		}
		if a.Payload != "" {
			f.add(path+".payload", "is for a postback")
		}
	case Postback:
		f.need(path+".payload", a.Payload)
		if a.URI != "" {
			f.add(path+".uri", "is for a link")
		}
	default:
		f.add(path+".type", "must be link or postback, and is %q", a.Type)
	}
}

func (d Field) check(path string, f *faults) {
	f.need(path+".name", d.Name)
	f.need(path+".label", d.Label)
	switch d.Type {
	case FieldSelect:
		if len(d.Options) == 0 {
			f.add(path+".options", "need at least one")
		}
	case FieldText, FieldTextArea, FieldEmail:
		if len(d.Options) > 0 {
			f.add(path+".options", "are for a select")
		}
	default:
		f.add(path+".type", "must be text, text_area, email or select, and is %q", d.Type)
	}
	for i, o := range d.Options {
		f.need(fmt.Sprintf("%s.options[%d].label", path, i), o.Label)
		f.need(fmt.Sprintf("%s.options[%d].value", path, i), o.Value)
	}
}

func (c Choice) check(path string, f *faults) {
	f.need(path+".title", c.Title)
	f.need(path+".value", c.Value)
}

func (a Article) check(path string, f *faults) {
	f.need(path+".title", a.Title)
	if !isWeb(a.Link) {
		f.add(path+".link", "must be an http or https address")
	}
}

func isWeb(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}
