package switchboard

import (
	"errors"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/ident"
	"kefu/internal/sqldb"
	"kefu/internal/store"
)

const (
	rateWithin = 7 * 24 * time.Hour // how long after the end a customer may say what they think
	maxStars   = 5
	maxComment = 1000 // characters
)

// askRating notes that a customer is asked for a rating at the end of a conversation that a person had; "" when they are not asked. One
// conversation is rated once: closed again before it was, the same question is asked again. The conversation is locked, and still has who
// had it.
func (c *change) askRating(conv store.Conversation) (kefu.RatingID, error) {
	if !c.b.inboxes[conv.InboxID].Reception.Rates {
		return "", nil
	}
	had := conv.AssigneeID
	if had == "" {
		var err error
		if had, err = c.LastToReply(conv.ID); err != nil || had == "" {
			return "", err
		}
	}
	before, err := c.RatingsOf(conv.ID)
	if err != nil {
		return "", err
	}
	r, asked := before[conv.ID]
	if asked && r.Stars > 0 {
		return "", nil
	}
	r.ConversationID, r.ContactID, r.InboxID = conv.ID, conv.ContactID, conv.InboxID
	r.AgentID, r.TeamID, r.AskedAt, r.ExpiresAt = had, conv.TeamID, c.Now, c.Now.Add(rateWithin)
	if asked {
		return r.ID, c.AskAgain(r)
	}
	r.ID = kefu.RatingID(ident.New("rat"))
	return r.ID, c.InsertRating(r)
}

// rate keeps what a customer says of a conversation: stars once, and a comment once after them. Nothing of it opens the conversation again.
// refused is one of the Refused words.
func (c *change) rate(inbox kefu.InboxID, who kefu.ContactID, args map[string]string) (r kefu.Rating, refused string, err error) {
	r, conv, err := c.ratingFor(inbox, who, kefu.RatingID(args["rating"]))
	if err != nil || r.ID == "" {
		return kefu.Rating{}, connector.RefusedNotFound, err
	}
	said, refused := readRating(args)
	if refused == "" && !c.Now.Before(r.ExpiresAt) {
		refused = connector.RefusedExpired
	}
	if refused == "" {
		refused, err = c.keepRating(&r, said)
	}
	if err != nil || refused != "" {
		return r, refused, err
	}
	by := kefu.Author{Kind: kefu.AuthorContact, ID: string(conv.ContactID)}
	k, err := c.Contact(conv.ContactID)
	if err != nil {
		return r, "", err
	}
	by.Name = k.Name
	_, err = c.history(conv.ID, newMessageID(), by, ratedText(r))
	c.say("conversation rated", conv.ID, conv.TicketName, "stars", r.Stars)
	return r, "", err
}

// ratingFor finds a rating for the person who was asked, in the inbox where they were, and holds its conversation. Whose it is, the
// conversation says: it goes with its contact when contacts become one. The rating has no id when it is not theirs.
func (c *change) ratingFor(inbox kefu.InboxID, who kefu.ContactID, id kefu.RatingID) (r kefu.Rating, conv store.Conversation, err error) {
	r, err = c.Rating(id)
	if errors.Is(err, sqldb.ErrNoRows) {
		return kefu.Rating{}, conv, nil
	}
	if err != nil || r.InboxID != inbox {
		return kefu.Rating{}, conv, err
	}
	if conv, err = c.LockConversation(r.ConversationID); err != nil || who == "" || conv.ContactID != who {
		return kefu.Rating{}, conv, err
	}
	r, err = c.Rating(id) // as it is now that nobody else changes it
	return r, conv, err
}

// rated is what a customer says: stars, a comment, or both.
type rated struct {
	stars   int
	comment string
}

// readRating reads what came from a form: whoever sends it may write anything there.
func readRating(args map[string]string) (said rated, refused string) {
	stars, comment := args["stars"], cleanComment(args["comment"])
	switch {
	case stars == "" && comment == "":
		return said, connector.RefusedEmpty
	case stars != "" && (len(stars) != 1 || stars[0] < '1' || stars[0] > '0'+maxStars), utf8.RuneCountInString(comment) > maxComment:
		return said, connector.RefusedInvalid
	case stars != "":
		said.stars = int(stars[0] - '0')
	}
	said.comment = comment
	return said, ""
}

// cleanComment takes what cannot be stored or shown from a comment.
func cleanComment(s string) string {
	s, _ = kefu.CleanText(strings.ReplaceAll(s, "\r\n", "\n"))
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s))
}

func (c *change) keepRating(r *kefu.Rating, said rated) (refused string, err error) {
	if said.stars > 0 {
		fresh, err := c.Rate(r.ID, said.stars)
		if err != nil || !fresh {
			return connector.RefusedDone, err
		}
		r.Stars, r.RatedAt = said.stars, c.Now
	}
	if said.comment == "" {
		return "", nil
	}
	if r.Stars == 0 {
		return connector.RefusedInvalid, nil // nothing that it could be a comment on
	}
	fresh, err := c.Comment(r.ID, said.comment)
	if err != nil || !fresh {
		return connector.RefusedDone, err
	}
	r.Comment = said.comment
	return "", nil
}

// ratedText is the line of the history: "rated ★★★★☆: quick and kind".
func ratedText(r kefu.Rating) string {
	text := "rated " + strings.Repeat("★", r.Stars) + strings.Repeat("☆", maxStars-r.Stars)
	if r.Comment != "" {
		text += ": " + r.Comment
	}
	return text
}
