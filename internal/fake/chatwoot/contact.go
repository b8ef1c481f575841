package chatwoot

import (
	"maps"
	"math"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const contactsPage = 15

// contactMembers are what a contact has of its own; the last three are unique.
var contactMembers = []string{"name", "blocked", "email", "phone_number", "identifier"}

func about(c *call, do func(*contact) answer) answer {
	if k := c.s.w.contact(c.id()); k != nil {
		return do(k)
	}
	return notFound()
}

func (s *Server) showContact(c *call) answer {
	return about(c, func(k *contact) answer { return ok(object{"payload": k.json(&s.w)}) })
}

func (s *Server) createContact(c *call) answer {
	inbox := s.w.inboxOf(c.number("inbox_id"))
	if inbox == nil {
		return notFound()
	}
	if words := s.taken(c, 0); words != "" {
		return invalid(words)
	}
	k := &contact{id: s.w.next(), members: object{}, custom: object{}, extra: object{}, sources: map[int64]string{}, created: s.o.Now()}
	s.fill(c, k)
	s.w.contacts = append(s.w.contacts, k)
	source := s.link(k, c.number("inbox_id"), c.text("source_id"))
	s.hooks.contact("contact_created", k, nil)
	return ok(object{"payload": object{"contact": k.json(&s.w), "contact_inbox": object{"source_id": source, "inbox": inbox}}})
}

// taken says which member is refused: of the wrong form, or unique and another contact's.
func (s *Server) taken(c *call, self int64) string {
	for _, name := range contactMembers {
		v := c.text(name)
		title := strings.ToUpper(name[:1]) + strings.ReplaceAll(name[1:], "_", " ")
		switch {
		case len([]rune(v)) > maxColumn:
			return title + " is too long (maximum is 255 characters)"
		case name == "email" && v != "" && !emailForm.MatchString(v):
			return "Email Invalid email"
		case name == "phone_number" && v != "" && !phoneForm.MatchString(v):
			return "Phone number should be in e164 format"
		}
		if v == "" || !slices.Contains(contactMembers[2:], name) {
			continue
		}
		for _, k := range s.w.contacts {
			if k.id != self && (k.members[name] == v || name == "email" && strings.EqualFold(text(k.members[name]), v)) {
				return title + " has already been taken"
			}
		}
	}
	return ""
}

// maxColumn is how many characters a text of one line has.
const maxColumn = 255

var (
	emailForm = regexp.MustCompile(`^[^@\s]+@[^@\s]+$`)
	phoneForm = regexp.MustCompile(`\+[1-9]\d{1,14}$`)
)

// fill takes members from a request. Attributes are merged, as Chatwoot does for contacts.
func (s *Server) fill(c *call, k *contact) {
	for _, name := range contactMembers {
		if v, given := c.in[name]; given {
			k.members[name] = v
		}
	}
	if address := text(k.members["email"]); address != "" {
		k.members["email"] = strings.ToLower(address)
	}
	maps.Copy(k.custom, c.object("custom_attributes"))
	maps.Copy(k.extra, c.object("additional_attributes"))
}

// tooLong says which of a conversation's attributes is more than it may hold.
func tooLong(what string, attributes object) string {
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		switch v := attributes[name].(type) {
		case string:
			if len([]rune(v)) > 1500 {
				return what + " " + name + " length should be < 1500"
			}
		case float64:
			if v == math.Trunc(v) && v > 9_999_999_999 {
				return what + " " + name + " value should be < 9999999999"
			}
		}
	}
	return ""
}

func (s *Server) link(k *contact, inbox int64, source string) string {
	if source == "" {
		source = "source-" + strconv.FormatInt(s.w.next(), 10)
	}
	k.sources[inbox] = source
	return source
}

func (s *Server) updateContact(c *call) answer {
	return about(c, func(k *contact) answer {
		if words := s.taken(c, k.id); words != "" {
			return invalid(words)
		}
		s.fill(c, k)
		s.hooks.contact("contact_updated", k, []object{{"updated_at": object{}}})
		return ok(object{"payload": k.json(&s.w)})
	})
}

func (s *Server) searchContacts(c *call) answer {
	words := strings.ToLower(c.URL.Query().Get("q"))
	if words == "" {
		return refuse(http.StatusUnprocessableEntity, "Specify search string with parameter q")
	}
	found := []object{}
	for _, k := range s.w.contacts {
		for _, name := range contactMembers {
			if v, isText := k.members[name].(string); isText && strings.Contains(strings.ToLower(v), words) {
				found = append(found, k.json(&s.w))
				break
			}
		}
	}
	return ok(object{"meta": object{"count": len(found), "current_page": 1}, "payload": pageOf(c, found, contactsPage)})
}

func (s *Server) createContactInbox(c *call) answer {
	return about(c, func(k *contact) answer {
		inbox := s.w.inboxOf(c.number("inbox_id"))
		if inbox == nil {
			return notFound()
		}
		id, source := c.number("inbox_id"), c.text("source_id")
		if owner := s.w.owner(id, source); owner != nil && owner != k {
			return broken()
		}
		return ok(object{"source_id": s.link(k, id, source), "inbox": inbox})
	})
}

func (s *Server) contactableInboxes(c *call) answer {
	return about(c, func(k *contact) answer { return ok(object{"payload": k.json(&s.w)["contact_inboxes"]}) })
}
