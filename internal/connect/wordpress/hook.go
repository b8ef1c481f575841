package wordpress

import (
	"encoding/json"
	"net/url"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"

	"kefu"
)

const (
	maxTitle   = 500  // characters
	maxPicture = 2048 // bytes of a link
	bom        = "\xef\xbb\xbf"
)

// hookBody reads the members of a hook. It collects every fault, and notes about what had to be changed or left out.
type hookBody struct {
	members map[string]json.RawMessage
	faults  kefu.Faults
	notes   []string
}

func parseBody(raw []byte) (*hookBody, error) {
	b := &hookBody{}
	if !utf8.Valid(raw) {
		b.notes = append(b.notes, "characters that were not UTF-8 were replaced")
	}
	raw = []byte(strings.TrimPrefix(string(raw), bom))
	if err := json.Unmarshal(raw, &b.members); err != nil {
		return nil, kefu.Wrap(kefu.KindMalformed, err, "the body is not a JSON object")
	}
	if b.members == nil {
		return nil, kefu.Errorf(kefu.KindMalformed, "the body is null; send a JSON object")
	}
	return b, nil
}

// required gives a member that must be there; false after a fault.
func (b *hookBody) required(name string) (json.RawMessage, bool) {
	raw, ok := b.members[name]
	if !ok || string(raw) == "null" {
		b.faults.Add(name, "is required")
		return nil, false
	}
	return raw, true
}

// text gives a required text, storable.
func (b *hookBody) text(name string) string {
	raw, ok := b.required(name)
	if !ok {
		return ""
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		b.faults.Add(name, "must be text, not %s", typeWord(raw))
		return ""
	}
	clean, changed := kefu.CleanText(s)
	if changed {
		b.notes = append(b.notes, "characters that cannot be stored were removed from "+name)
	}
	return clean
}

func (b *hookBody) title() string {
	s := b.text("ticket_title")
	if n := utf8.RuneCountInString(s); n > maxTitle {
		b.faults.Add("ticket_title", "has %d characters, at most %d are taken", n, maxTitle)
	}
	return s
}

// message gives text and picture. Without a picture the text must not be empty; a picture whose link cannot be used is told in its place.
func (b *hookBody) message(name string) (text string, picture []kefu.Attachment) {
	before := len(b.faults)
	text = b.text(name)
	picture, dropped := b.picture()
	switch {
	case len(text) > kefu.MaxText:
		b.faults.Add(name, "has %d bytes, at most %d are taken", len(text), kefu.MaxText)
	case len(b.faults) > before:
	case strings.TrimSpace(text) != "" || len(picture) > 0:
	case dropped != "":
		text = "[" + dropped + "]"
	default:
		b.faults.Add(name, "is empty; it may be only when there is an image_url")
	}
	return text, picture
}

// picture gives the picture of image_url. Dropped says why there is none although a link was given.
func (b *hookBody) picture() (list []kefu.Attachment, dropped string) {
	raw, ok := b.members["image_url"]
	if !ok || string(raw) == "null" {
		return nil, ""
	}
	var link string
	if err := json.Unmarshal(raw, &link); err != nil {
		b.faults.Add("image_url", "must be text or null, not %s", typeWord(raw))
		return nil, ""
	}
	a, dropped := pictureOf(link)
	if dropped != "" {
		b.notes = append(b.notes, dropped)
	}
	return a, dropped
}

// pictureOf makes an attachment of a link; without one it says why, in words for a note. An empty link is no picture and no fault.
func pictureOf(link string) ([]kefu.Attachment, string) {
	link, _ = kefu.CleanText(strings.TrimSpace(link))
	if link == "" {
		return nil, ""
	}
	u, err := url.Parse(link)
	switch {
	case err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https"):
		return nil, "picture link dropped: not http(s): " + kefu.Excerpt(link, maxName)
	case len(link) > maxPicture:
		return nil, "picture link dropped: too long: " + kefu.Excerpt(link, maxName)
	}
	// Nobody has fetched it yet; that it came as a picture is all that is known of its type.
	a := kefu.Attachment{URL: link, Type: "image/*"}
	if base := path.Base(u.Path); strings.Contains(base, ".") {
		a.Name = base
	}
	return []kefu.Attachment{a}, ""
}

// ticketID gives the ticket's id as text. PHP sends numbers as strings now and then.
func (b *hookBody) ticketID() (string, int64) {
	raw, ok := b.required("ticket_id")
	if !ok {
		return "", 0
	}
	text := string(raw)
	if raw[0] == '"' {
		var s string
		if json.Unmarshal(raw, &s) == nil {
			text = strings.TrimSpace(s)
		}
	}
	n, ok := ticketNumber(text)
	if !ok {
		b.faults.Add("ticket_id", "must be a whole number above 0")
		return "", 0
	}
	return strconv.FormatInt(n, 10), n // "033" is ticket 33
}

func (b *hookBody) flag(name string) bool {
	raw, ok := b.required(name)
	if !ok {
		return false
	}
	var v bool
	if err := json.Unmarshal(raw, &v); err != nil {
		b.faults.Add(name, "must be true or false, not %s", typeWord(raw))
	}
	return v
}

// messageID gives the site's id of the message, which newer sites send; "" when there is none that can be used.
func (b *hookBody) messageID() string { return scalar(b.members["message_id"]) }

// scalar gives a number or a text as text; "" for anything else, for 0, and for what is too long to be an id.
func scalar(raw json.RawMessage) string {
	var s string
	switch {
	case len(raw) == 0:
	case raw[0] == '"':
		_ = json.Unmarshal(raw, &s) // what is no text stays ""
	case raw[0] >= '0' && raw[0] <= '9':
		s = string(raw)
	}
	s, _ = kefu.CleanText(strings.TrimSpace(s))
	if s == "0" || len(s) > maxKey {
		return ""
	}
	return s
}

func typeWord(raw json.RawMessage) string {
	switch raw[0] {
	case '"':
		return "text"
	case '{':
		return "an object"
	case '[':
		return "a list"
	case 't', 'f':
		return "true or false"
	case 'n':
		return "null"
	}
	return "a number"
}
