package switchboard

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"

	"kefu"
)

// Contact is a contact as the API shows it.
type Contact struct {
	ID         kefu.ContactID  `json:"id" doc:"Id of the contact." example:"con_06c0000000000000000000000g"`
	Name       string          `json:"name" doc:"What people call the person."`
	Email      string          `json:"email" doc:"E-mail address, or empty."`
	Phone      string          `json:"phone" doc:"Telephone number as it was given, or empty."`
	ExternalID string          `json:"external_id" doc:"The person's id in your own systems, or empty."`
	Attributes map[string]any  `json:"attributes" doc:"Whatever else you keep about the person. level (a text) and tags (a list of texts) are shown as such in webhooks."`
	Locale     *kefu.Locale    `json:"locale" doc:"The language that the person reads: zh-TW, zh-CN or en; or null when it is not known."`
	BlockedAt  *time.Time      `json:"blocked_at" doc:"Since when nothing is taken from the person, or null."`
	MergedInto *kefu.ContactID `json:"merged_into" doc:"The contact that this one became part of, or null."`
	ErasedAt   *time.Time      `json:"erased_at" doc:"When the person's data was erased, or null."`
	CreatedAt  time.Time       `json:"created_at" doc:"When the person became known."`
	UpdatedAt  time.Time       `json:"updated_at" doc:"When any of this changed last."`
}

// ContactChange is what a contact is made of, or what of it changes: absent members stay, null clears.
type ContactChange struct {
	Name       kefu.Opt[string]         `json:"name,omitzero" doc:"What people call the person; at most 200 characters."`
	Email      kefu.Opt[string]         `json:"email,omitzero" doc:"E-mail address, at most 254 characters. It need not be unique: families share one."`
	Phone      kefu.Opt[string]         `json:"phone,omitzero" doc:"Telephone number, at most 50 characters."`
	ExternalID kefu.Opt[string]         `json:"external_id,omitzero" doc:"The person's id in your own systems, unique, at most 200 characters."`
	Attributes kefu.Opt[map[string]any] `json:"attributes,omitzero" doc:"Replaces the attributes; at most 16 KiB as JSON and 5 deep. Null removes them all."`
	Locale     kefu.Opt[kefu.Locale]    `json:"locale,omitzero" doc:"The language that the person reads: zh-TW, zh-CN or en. Null: not known. A channel that tells the language changes it again."`
	Blocked    kefu.Opt[bool]           `json:"blocked,omitzero" doc:"Whether what the person writes is left unread. For admins, supervisors and programs."`
}

// Limits of a contact's attributes.
const (
	maxAttributes     = 16 << 10 // bytes
	maxAttributeDepth = 5
)

// apply changes a contact and names every fault.
func (ch ContactChange) apply(k *kefu.Contact) error {
	ch.Name.Set(&k.Name)
	ch.Email.Set(&k.Email)
	ch.Phone.Set(&k.Phone)
	ch.ExternalID.Set(&k.ExternalID)
	ch.Locale.Set(&k.Locale)
	k.Name, k.Email, k.Phone, k.ExternalID = strings.TrimSpace(k.Name), strings.TrimSpace(k.Email), strings.TrimSpace(k.Phone), strings.TrimSpace(k.ExternalID)
	var f kefu.Faults
	if ch.Attributes.Given {
		k.Attributes = encodeAttributes(&f, "attributes", ch.Attributes.Value)
	}
	checkText(&f, "name", k.Name, 0, 200)
	// What a site said before anybody looked stays as it is.
	if ch.Email.Given && k.Email != "" {
		checkEmail(&f, k.Email)
	}
	checkText(&f, "phone", k.Phone, 0, 50)
	checkText(&f, "external_id", k.ExternalID, 0, 200)
	if ch.Locale.Given && k.Locale != "" && !k.Locale.Valid() {
		f.Add("locale", "must be zh-TW, zh-CN or en")
	}
	return f.Err("the contact cannot be kept")
}

func encodeAttributes(f *kefu.Faults, field string, members map[string]any) json.RawMessage {
	if len(members) == 0 {
		return nil
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(members); err != nil {
		f.Add(field, "must be a JSON object")
		return nil
	}
	raw := bytes.TrimSpace(b.Bytes())
	if len(raw) > maxAttributes {
		f.Add(field, "must have at most %d bytes as JSON", maxAttributes)
	}
	if depthOf(raw) > maxAttributeDepth {
		f.Add(field, "must be at most %d deep", maxAttributeDepth)
	}
	return raw
}

// depthOf is how deep objects and lists lie within each other; {} is 1.
func depthOf(raw []byte) int {
	dec := json.NewDecoder(bytes.NewReader(raw))
	deepest, depth := 0, 0
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return deepest
		}
		if err != nil {
			return maxAttributeDepth + 1
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
			deepest = max(deepest, depth)
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
	}
}

func showContact(k kefu.Contact) Contact {
	out := Contact{ID: k.ID, Name: k.Name, Email: k.Email, Phone: k.Phone, ExternalID: k.ExternalID, Attributes: map[string]any{},
		Locale: orNull(k.Locale), BlockedAt: timeOrNull(k.BlockedAt), MergedInto: orNull(k.MergedInto), ErasedAt: timeOrNull(k.ErasedAt), CreatedAt: k.CreatedAt, UpdatedAt: k.UpdatedAt}
	dec := json.NewDecoder(bytes.NewReader(k.Attributes))
	dec.UseNumber() // large numbers stay what they were
	if dec.Decode(&out.Attributes) != nil || out.Attributes == nil {
		out.Attributes = map[string]any{}
	}
	return out
}
