package discord

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// draft is a message as a body wants it: new, edited, or in answer to an interaction.
type draft struct {
	content    field[string]
	nonce      string
	enforce    bool
	embeds     field[[]Embed]
	components field[[]Component]
	flags      int
	allowed    *allowedMentions
	reference  *MessageReference
	keep       field[[]attachmentIn]
	files      []upload
	tts        bool
}

// attachmentIn describes an uploaded file, or names one to keep.
type attachmentIn struct {
	ID          json.RawMessage `json:"id"`
	Filename    string          `json:"filename"`
	Description string          `json:"description"`
}

// key is the id as text, whether it came as a number or a string.
func (a attachmentIn) key() string { return strings.Trim(string(a.ID), `"`) }

// readDraft reads and checks a message body.
func readDraft(o object, files []upload, f *form) draft {
	d := draft{
		content:    take[string](o, "content", f),
		enforce:    take[bool](o, "enforce_nonce", f).value,
		embeds:     take[[]Embed](o, "embeds", f),
		components: take[[]Component](o, "components", f),
		flags:      take[int](o, "flags", f).value,
		allowed:    take[*allowedMentions](o, "allowed_mentions", f).value,
		reference:  take[*MessageReference](o, "message_reference", f).value,
		keep:       take[[]attachmentIn](o, "attachments", f),
		tts:        take[bool](o, "tts", f).value,
		files:      files,
	}
	d.nonce = readNonce(o, f)
	d.content.value = strings.TrimSpace(d.content.value)
	f.length("content", d.content.value, 0, 2000)
	checkEmbeds(d.embeds.value, f)
	checkComponents(d.components.value, f, d.flags&FlagComponentsV2 != 0)
	d.checkFiles(f)
	d.allowed.check(f)
	return d
}

func readNonce(o object, f *form) string {
	raw, ok := o["nonce"]
	if !ok || string(raw) == "null" {
		return ""
	}
	text := string(raw)
	if json.Unmarshal(raw, &text) != nil {
		if _, err := strconv.ParseInt(text, 10, 64); err != nil {
			f.add("nonce", "NONCE_TYPE_INVALID", "Nonce must be a string or an integer.")
			return ""
		}
	}
	f.length("nonce", text, 0, 25)
	return text
}

func (d draft) checkFiles(f *form) {
	if len(d.files) > maxFiles {
		f.add("attachments", "BASE_TYPE_MAX_LENGTH", fmt.Sprintf("Must be %d or fewer in length.", maxFiles))
	}
	for i, a := range d.keep.value {
		if len(a.ID) == 0 {
			f.required(fmt.Sprintf("attachments.%d.id", i))
		}
		f.length(fmt.Sprintf("attachments.%d.description", i), a.Description, 0, 1024)
	}
}

// empty says that there is nothing to show.
func (d draft) empty() bool {
	return d.content.value == "" && len(d.embeds.value) == 0 && len(d.components.value) == 0 && len(d.files) == 0
}

// needs is what beside posting the author needs for this draft.
func (d draft) needs() Permissions {
	var p Permissions
	if len(d.embeds.value) > 0 {
		p |= EmbedLinks
	}
	if len(d.files) > 0 {
		p |= AttachFiles
	}
	if d.reference != nil {
		p |= ReadMessageHistory
	}
	return p
}

// allowedMentions says which mentions of a text ping. nil lets all of them.
type allowedMentions struct {
	Parse       []string  `json:"parse"`
	Roles       []looseID `json:"roles"`
	Users       []looseID `json:"users"`
	RepliedUser bool      `json:"replied_user"`
}

func (a *allowedMentions) check(f *form) {
	if a == nil {
		return
	}
	for i, p := range a.Parse {
		if !slices.Contains([]string{"users", "roles", "everyone"}, p) {
			f.add(fmt.Sprintf("allowed_mentions.parse.%d", i), "BASE_TYPE_CHOICES", "Value must be one of ('users', 'everyone', 'roles').")
		}
	}
	for kind, list := range map[string][]looseID{"users": a.Users, "roles": a.Roles} {
		if len(list) > 0 && slices.Contains(a.Parse, kind) {
			f.add("allowed_mentions", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", `parse:["`+kind+`"] and `+kind+`: [ids...] are mutually exclusive.`)
		}
		f.count("allowed_mentions."+kind, len(list), 0, 100)
	}
}

func (a *allowedMentions) user(id string) bool {
	return a == nil || slices.Contains(a.Parse, "users") || slices.Contains(a.Users, looseID(id))
}

func (a *allowedMentions) role(id string) bool {
	return a == nil || slices.Contains(a.Parse, "roles") || slices.Contains(a.Roles, looseID(id))
}

func (a *allowedMentions) everyone() bool { return a == nil || slices.Contains(a.Parse, "everyone") }
