package chatwoot

import (
	"strconv"
	"strings"
	"time"

	"kefu"
	api "kefu/chatwoot"
)

// Names of what Kefu notes in Chatwoot: in conversations the link attribute, in messages whose they are.
const (
	attrConversation = "kefu_conversation"
	attrTicket       = "kefu_ticket"
	attrOrigin       = "kefu_origin"
	attrDelivery     = "kefu_delivery"
	attrOpened       = "kefu_opened"

	// sourcePrefix begins the source id of the customer's messages in a desk's conversation. Messages to customers must have none: Chatwoot
	// takes a message with a source id for one that its channel has shown already.
	sourcePrefix = "kefu:"
)

// place is where a thread's name says it is: the conversation's number, and when it was made in seconds, because numbers begin anew in a
// Chatwoot that was installed anew. made is 0 where the name does not say.
type place struct{ id, made int64 }

// String is the thread's name: "45.1700000000".
func (p place) String() string { return dotted(p.id, p.made) }

func dotted(id, at int64) string {
	if at <= 0 {
		return strconv.FormatInt(id, 10)
	}
	return strconv.FormatInt(id, 10) + "." + strconv.FormatInt(at, 10)
}

func placeOf(c *api.Conversation) place { return place{c.ID, seconds(c.CreatedAt.Time)} }

func seconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

func parsePlace(thread string) (place, bool) {
	id, made, dated := strings.Cut(thread, ".")
	p := place{id: digits(id)}
	if dated {
		if p.made = digits(made); p.made == 0 {
			return place{}, false
		}
	}
	return p, p.id > 0
}

// digits reads a number above 0; 0 is none.
func digits(s string) int64 {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// externalID names a message, as place names a conversation.
func externalID(m *api.Message) string { return dotted(m.ID, seconds(m.CreatedAt.Time)) }

// echoOf is the fingerprint of a message of ours by its external id: servers that lose what we note in a message that has files still give
// it its number.
func echoOf(external string) string { return "m:" + external }

// numberOf is the number in the external id of a message, or in a cursor.
func numberOf(external string) int64 {
	id, _, _ := strings.Cut(external, ".")
	return digits(id)
}

// agentID is what the inbox knows an agent by; agentNumber is the way back, 0 for what is none.
func agentID(id int64) string { return "agent:" + strconv.FormatInt(id, 10) }

func agentNumber(id string) int64 {
	rest, ok := strings.CutPrefix(id, "agent:")
	if !ok {
		return 0
	}
	return digits(rest)
}

// tag names a piece of a delivery, in what is sent.
func tag(delivery string, n int) string { return delivery + "#" + strconv.Itoa(n) }

// tagOf is the tag of a message of ours; "" of anybody else's.
func tagOf(m *api.Message) string {
	if t := m.ContentAttributes.Text(attrDelivery); t != "" {
		return t
	}
	t, ours := strings.CutPrefix(m.SourceID, sourcePrefix)
	if !ours {
		return ""
	}
	return t
}

// linked is whose conversation it is by its link attribute; "" when Kefu did not make it.
func linked(c *api.Conversation) kefu.ConversationID {
	return kefu.ConversationID(c.CustomAttributes.Text(attrConversation))
}
