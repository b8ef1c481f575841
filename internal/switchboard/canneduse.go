package switchboard

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/lexis"
	"kefu/internal/sqldb"
	"kefu/internal/store"
)

// cannedWord is a place in a canned response that is filled in.
var cannedWord = regexp.MustCompile(`\{\{\s*(customer|number|agent|title)\s*\}\}`)

// commandCanned sends a canned response in the name of who asks, like a reply. What was typed beside it stands below it.
func (c *change) commandCanned(conv store.Conversation, link store.Link, in connector.Inbound, by kefu.Author, res *connector.Result) (refused string, err error) {
	r, found, err := c.cannedFor(conv, in)
	if err != nil {
		return "", err
	}
	if !found {
		return connector.RefusedNotFound, nil
	}
	text, err := c.fillIn(conv, by, r.Content)
	if err != nil {
		return "", err
	}
	if more := strings.TrimSpace(in.Content.Text); more != "" {
		text += "\n\n" + more
	}
	if len(text) > kefu.MaxText {
		return connector.RefusedInvalid, nil
	}
	in.Content.Text, in.Content.Type = text, kefu.ContentText
	return c.commandReply(conv, link, in, by, res)
}

// cannedFor finds the canned response that a command names: by its id, which the list of choices gives, else by its shortcut, in the language
// that fits best.
func (c *change) cannedFor(conv store.Conversation, in connector.Inbound) (r kefu.CannedResponse, found bool, err error) {
	name := strings.TrimSpace(in.Command.Args["shortcut"])
	if name == "" {
		return r, false, nil
	}
	r, err = c.Canned(kefu.CannedID(name))
	if !errors.Is(err, sqldb.ErrNoRows) {
		return r, err == nil, err
	}
	reads, err := readers(c.Tx, conv.ID, in.Sender.Locale)
	if err != nil {
		return r, false, err
	}
	all, err := c.CannedChoices(mostCanned)
	if err != nil {
		return r, false, err
	}
	best := -1
	for i, it := range all {
		if lexis.Fold(it.Shortcut) == lexis.Fold(name) && (best < 0 || foreign(reads, it.Locale) < foreign(reads, all[best].Locale)) {
			best = i
		}
	}
	if best < 0 {
		return r, false, nil
	}
	r, err = c.Canned(all[best].ID)
	return r, err == nil, err
}

// fillIn puts names and numbers into the places of a text; places that are not known stay as they are. What is filled in is not looked
// through again: a customer may be called {{agent}}.
func (c *change) fillIn(conv store.Conversation, by kefu.Author, text string) (string, error) {
	t, err := c.TicketOf(conv.ID)
	if err != nil {
		return "", err
	}
	who, err := c.Contact(conv.ContactID)
	if err != nil {
		return "", err
	}
	return cannedWord.ReplaceAllStringFunc(text, func(place string) string {
		switch cannedWord.FindStringSubmatch(place)[1] {
		case "customer":
			return who.Name
		case "number":
			return strconv.FormatInt(t.Number, 10)
		case "agent":
			return by.Name
		}
		return conv.Subject
	}), nil
}
