package demo

import (
	"bytes"
	"encoding/json"
	"mime"
	"mime/multipart"
	"slices"
	"strings"
)

// payload is what the show knows of a body for Discord.
type payload struct {
	Name       string          `json:"name"`
	Type       *int            `json:"type"`
	Content    string          `json:"content"`
	Title      string          `json:"title"`
	Embeds     []embed         `json:"embeds"`
	Components []component     `json:"components"`
	Data       json.RawMessage `json:"data"`
}

type embed struct {
	Author struct {
		Name string `json:"name"`
	} `json:"author"`
	Title       string `json:"title"`
	Description string `json:"description"`
	Fields      []struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	} `json:"fields"`
}

type component struct {
	Label      string      `json:"label"`
	Components []component `json:"components"`
}

// essence is a payload without ids, colours and empty members. Its members bear Discord's names.
type essence struct {
	Name       string         `json:"name,omitempty"`
	Type       int            `json:"type,omitempty"`
	Content    string         `json:"content,omitempty"`
	Title      string         `json:"title,omitempty"`
	Embeds     []embedEssence `json:"embeds,omitempty"`
	Components []string       `json:"components,omitempty"`
	Data       *essence       `json:"data,omitempty"`
	Files      []string       `json:"files,omitempty"`
}

type embedEssence struct {
	Author      string   `json:"author,omitempty"`
	Title       string   `json:"title,omitempty"`
	Description string   `json:"description,omitempty"`
	Fields      []string `json:"fields,omitempty"`
}

// discordEssence is the part of a call that a person wants to see.
func discordEssence(x *exchange) string {
	if x.status >= 400 {
		return told(x, x.received)
	}
	body, files := parts(x)
	var commands []struct {
		Name string `json:"name"`
	}
	if json.Unmarshal(body, &commands) == nil {
		var names []string
		for _, c := range commands {
			names = append(names, "/"+c.Name)
		}
		return plainJSON(names)
	}
	e, ok := distil(body)
	if e.Files = files; !ok {
		return ""
	}
	return plainJSON(e)
}

func distil(body []byte) (essence, bool) {
	var p payload
	if json.Unmarshal(body, &p) != nil {
		return essence{}, false
	}
	e := essence{Name: p.Name, Content: p.Content, Title: p.Title, Components: labels(p.Components)}
	if len(p.Data) > 0 {
		if data, _ := distil(p.Data); plainJSON(data) != "" {
			e.Data = &data
		}
	}
	if p.Type != nil && p.Name == "" { // of a channel the name says enough
		e.Type = *p.Type
	}
	for _, m := range p.Embeds {
		out := embedEssence{Author: m.Author.Name, Title: m.Title, Description: m.Description}
		for _, f := range m.Fields {
			out.Fields = append(out.Fields, f.Name+"："+f.Value)
		}
		e.Embeds = append(e.Embeds, out)
	}
	e.Embeds = slices.DeleteFunc(e.Embeds, func(m embedEssence) bool {
		return m.Author == "" && m.Title == "" && m.Description == "" && len(m.Fields) == 0
	})
	return e, true
}

func labels(list []component) []string {
	var all []string
	for _, c := range list {
		if c.Label != "" {
			all = append(all, c.Label)
		}
		all = append(all, labels(c.Components)...)
	}
	return all
}

// parts takes a body with files apart.
func parts(x *exchange) (body []byte, files []string) {
	kind, params, err := mime.ParseMediaType(x.contentType)
	if err != nil || kind != "multipart/form-data" {
		return x.sent, nil
	}
	form, err := multipart.NewReader(bytes.NewReader(x.sent), params["boundary"]).ReadForm(maxSeen)
	if err != nil {
		return nil, nil
	}
	defer func() { _ = form.RemoveAll() }()
	for _, list := range form.File {
		for _, f := range list {
			files = append(files, f.Filename)
		}
	}
	slices.Sort(files)
	return []byte(strings.Join(form.Value["payload_json"], "")), files
}

// plainJSON writes JSON as people read it; "" for what holds nothing.
func plainJSON(v any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return ""
	}
	text := strings.TrimSpace(b.String())
	if text == "{}" || text == "null" {
		return ""
	}
	return text
}
