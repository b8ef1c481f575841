package chatwoot

import (
	"net/http"
	"slices"
	"strings"
)

// models are the names of the numbers of attribute_model; kindNames those of attribute_display_type.
func models() []string { return []string{"conversation_attribute", "contact_attribute"} }

func displays() []string {
	return []string{"text", "number", "currency", "percent", "link", "date", "list", "checkbox"}
}

func (w *world) defined(model, key string) bool {
	return slices.ContainsFunc(w.definitions, func(d object) bool { return d["attribute_model"] == model && d["attribute_key"] == key })
}

func (s *Server) listDefinitions(c *call) answer {
	model := models()[0]
	if c.URL.Query().Get("attribute_model") == "1" {
		model = models()[1]
	}
	found := []object{}
	for _, d := range s.w.definitions {
		if d["attribute_model"] == model {
			found = append(found, d)
		}
	}
	return ok(found)
}

// createDefinition makes one; a key is there once for each model.
func (s *Server) createDefinition(c *call) answer {
	key, name := c.text("attribute_key"), c.text("attribute_display_name")
	model, display := c.number("attribute_model"), c.number("attribute_display_type")
	switch {
	case key == "":
		return invalid("Attribute key can't be blank")
	case name == "":
		return invalid("Attribute display name can't be blank")
	case model < 0 || int(model) >= len(models()) || display < 0 || int(display) >= len(displays()):
		return broken()
	case s.w.defined(models()[model], key):
		return invalid("Attribute key has already been taken")
	}
	d := object{"id": s.w.next(), "attribute_display_name": name, "attribute_display_type": displays()[display], "attribute_description": c.text("attribute_description"),
		"attribute_key": key, "attribute_model": models()[model], "attribute_values": []string{}}
	s.w.definitions = append(s.w.definitions, d)
	return ok(d)
}

func (s *Server) deleteDefinition(c *call) answer {
	n := len(s.w.definitions)
	s.w.definitions = slices.DeleteFunc(s.w.definitions, func(d object) bool { return d["id"] == c.id() })
	if len(s.w.definitions) == n {
		return notFound()
	}
	return answer{http.StatusNoContent, nil}
}

func (s *Server) listTitles(*call) answer {
	return ok(object{"payload": append([]object{}, s.w.titles...)})
}

func (s *Server) createTitle(c *call) answer {
	title := strings.ToLower(c.text("title"))
	if title == "" {
		return invalid("Title can't be blank")
	}
	if slices.ContainsFunc(s.w.titles, func(o object) bool { return o["title"] == title }) {
		return invalid("Title has already been taken")
	}
	o := object{"id": s.w.next(), "title": title, "description": c.text("description"), "color": c.text("color"), "show_on_sidebar": c.in["show_on_sidebar"] == true}
	s.w.titles = append(s.w.titles, o)
	return ok(o)
}
