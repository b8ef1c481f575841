package switchboard

import (
	"time"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/store"
)

// admit says whether something new of a customer is taken: blocked people are not heard, and nobody has too many open matters at once, or
// begins them too fast. refused is one of the Refused words, "" when it is taken; after is when to try again.
func (c *change) admit(inbox kefu.InboxID, in connector.Inbound) (refused string, after time.Time, err error) {
	return "", time.Time{}, nil
}

// heard says whether a message in an open conversation is taken: blocked people are not heard.
func (c *change) heard(conv store.Conversation) (bool, error) { return true, nil }

// speaks notes the language of who writes: what the source says, else what the text shows of somebody of whom nothing is known.
func (c *change) speaks(id kefu.ContactID, s connector.Sender, text string) error { return nil }
