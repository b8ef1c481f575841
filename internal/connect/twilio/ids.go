package twilio

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strings"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/twilio"
)

// maxKeyWord bounds what of a hook's short fields goes into a key.
const maxKeyWord = 60

// eventKey is the same for the same event sent twice, and another for every other.
func eventKey(form url.Values) string {
	what := cmp.Or(form.Get("MessageSid"), form.Get("ParticipantSid"), form.Get("ConversationSid"))
	when := cmp.Or(form.Get("DateUpdated"), form.Get("StateUpdated"), form.Get("DateCreated"))
	return strings.Join([]string{"h", keyWord(form.Get("EventType")), keyWord(what), keyWord(when), digest(form.Get("Body"), form.Get("StateTo"), form.Get("Attributes"))}, ":")
}

// keyWord keeps what a key may hold of a field that somebody else has filled in.
func keyWord(s string) string {
	return kefu.Excerpt(strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' {
			return -1
		}
		return r
	}, s), maxKeyWord)
}

func digest(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:8])
}

// messageKey settles duplicates of a message, and is how its edits find it.
func messageKey(sid string) string { return "m:" + sid }

// mark is what we note in the attributes of a desk conversation of ours, so that the link can be made anew from there, and so that nobody
// is asked twice for the same customer.
type mark struct {
	Inbox        kefu.InboxID        `json:"inbox"`
	Link         kefu.LinkID         `json:"link"`
	Conversation kefu.ConversationID `json:"conversation"`
	Ticket       int64               `json:"ticket,omitempty"`
	Identity     string              `json:"identity"`
	Origin       connector.Restore   `json:"origin"`
	Interaction  string              `json:"interaction,omitempty"`
	Channel      string              `json:"channel,omitempty"` // of the interaction
}

// markOf reads the mark of a conversation; false when it is none of ours.
func markOf(n api.Conversation) (mark, bool) {
	var a struct {
		Kefu *mark `json:"kefu"`
	}
	if json.Unmarshal([]byte(n.Attributes), &a) != nil || a.Kefu == nil || a.Kefu.Link == "" {
		return mark{}, false
	}
	return *a.Kefu, true
}

// sentMark is what the attributes of each message of ours hold: which delivery, of which message, which part of it, and whose
// words they are, so that a store that was lost can be filled again.
type sentMark struct {
	Delivery kefu.DeliveryID `json:"delivery"`
	Message  kefu.MessageID  `json:"message"`
	Part     int             `json:"part"`
	From     kefu.Author     `json:"from"`
	Note     bool            `json:"note,omitempty"`
	Card     bool            `json:"card,omitempty"` // the opening card, or what was said before: nobody's words
}

// attributes are the message's, as Twilio keeps them.
func (m sentMark) attributes() (string, error) {
	raw, err := json.Marshal(map[string]sentMark{"kefu": m})
	return string(raw), err
}

// sentMarkOf reads what we noted in a message; false when we did not write it.
func sentMarkOf(m api.Message) (sentMark, bool) {
	var a struct {
		Kefu *sentMark `json:"kefu"`
	}
	if json.Unmarshal([]byte(m.Attributes), &a) != nil || a.Kefu == nil || a.Kefu.Delivery == "" {
		return sentMark{}, false
	}
	return *a.Kefu, true
}
