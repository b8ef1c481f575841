package store

import (
	"time"

	"kefu"
	"kefu/internal/sqldb"
)

const (
	ratingColumns   = `r.id, r.conversation_id, r.contact_id, r.inbox_id, r.agent_id, r.team_id, r.stars, r.comment, r.asked_at, r.expires_at, r.rated_at`
	sqlInsertRating = `INSERT INTO rating (id, conversation_id, contact_id, inbox_id, agent_id, team_id, stars, comment, asked_at, expires_at, rated_at)
VALUES ($1, $2, $3, $4, $5, $6, 0, '', $7, $8, 0)`
	sqlAskAgain = `UPDATE rating SET contact_id = $2, agent_id = $3, team_id = $4, asked_at = $5, expires_at = $6 WHERE id = $1 AND stars = 0`
	sqlRating   = `SELECT ` + ratingColumns + ` FROM rating r WHERE r.id = $1`
	// Stars are given once, and a comment once, however many ask at the same time.
	sqlRate        = `UPDATE rating SET stars = $2, rated_at = $3 WHERE id = $1 AND stars = 0`
	sqlComment     = `UPDATE rating SET comment = $2 WHERE id = $1 AND stars > 0 AND comment = ''`
	sqlBlankRating = `UPDATE rating SET comment = '', expires_at = asked_at WHERE conversation_id = $1`
	sqlMoveRatings = `UPDATE rating SET contact_id = $2 WHERE contact_id = $1`
	sqlLastToReply = `SELECT author_id FROM message WHERE conversation_id = $1 AND author_kind = 'agent' AND author_id <> '' AND private = FALSE
ORDER BY seq DESC LIMIT 1`
)

// RatingFilter narrows the list of ratings; zero members do not.
type RatingFilter struct {
	Agent kefu.AgentID
	Team  kefu.TeamID
	Inbox kefu.InboxID
	Since time.Time
}

func scanRating(s sqldb.Scanner) (r kefu.Rating, err error) {
	var asked, expires, rated int64
	err = s.Scan(&r.ID, &r.ConversationID, &r.ContactID, &r.InboxID, &r.AgentID, &r.TeamID, &r.Stars, &r.Comment, &asked, &expires, &rated)
	r.AskedAt, r.ExpiresAt, r.RatedAt = sqldb.Time(asked), sqldb.Time(expires), sqldb.Time(rated)
	return r, err
}

// InsertRating notes that a customer was asked for a rating.
func (tx *Tx) InsertRating(r kefu.Rating) error {
	_, err := tx.Exec(sqlInsertRating, r.ID, r.ConversationID, r.ContactID, r.InboxID, r.AgentID, r.TeamID, sqldb.Micros(r.AskedAt), sqldb.Micros(r.ExpiresAt))
	return err
}

// AskAgain renews a question that was not answered.
func (tx *Tx) AskAgain(r kefu.Rating) error {
	n, err := tx.Exec(sqlAskAgain, r.ID, r.ContactID, r.AgentID, r.TeamID, sqldb.Micros(r.AskedAt), sqldb.Micros(r.ExpiresAt))
	return must(n, err, "rating", r.ID)
}

// Rating reads one rating; ErrNoRows when there is none.
func (tx *Tx) Rating(id kefu.RatingID) (kefu.Rating, error) {
	return sqldb.One(tx.Tx, scanRating, sqlRating, id)
}

// RatingsOf reads what customers were asked, by the conversation.
func (tx *Tx) RatingsOf(ids ...kefu.ConversationID) (map[kefu.ConversationID]kefu.Rating, error) {
	out := make(map[kefu.ConversationID]kefu.Rating, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	places, args := anyOf(ids)
	rows, err := sqldb.Many(tx.Tx, scanRating, numbered(`SELECT `+ratingColumns+` FROM rating r WHERE r.conversation_id IN (`+places+`)
ORDER BY r.asked_at, r.id`), args...)
	for _, r := range rows {
		out[r.ConversationID] = r
	}
	return out, err
}

// Rate keeps the stars of a rating; false when it has some.
func (tx *Tx) Rate(id kefu.RatingID, stars int) (bool, error) {
	n, err := tx.Exec(sqlRate, id, stars, tx.now())
	return n > 0, err
}

// Comment keeps the comment of a rating that has stars; false when it has one.
func (tx *Tx) Comment(id kefu.RatingID, comment string) (bool, error) {
	n, err := tx.Exec(sqlComment, id, comment)
	return n > 0, err
}

// BlankRatings takes the customer's words from the ratings of a conversation; what was not answered is not asked any more.
func (tx *Tx) BlankRatings(id kefu.ConversationID) error {
	_, err := tx.Exec(sqlBlankRating, id)
	return err
}

// LastToReply is the agent who wrote to the customer last; "" when none did.
func (tx *Tx) LastToReply(id kefu.ConversationID) (kefu.AgentID, error) {
	found, err := sqldb.Many(tx.Tx, scanString, sqlLastToReply, id)
	if err != nil || len(found) == 0 {
		return "", err
	}
	return kefu.AgentID(found[0]), nil
}

// Ratings lists the answered ratings of the conversations that a sight shows, in the page's order.
func (tx *Tx) Ratings(s kefu.Sight, f RatingFilter, p Page) ([]kefu.Rating, error) {
	q := newQuery(`SELECT ` + ratingColumns + ` FROM rating r JOIN conversation c ON c.id = r.conversation_id`)
	q.and(`r.rated_at > 0`)
	q.andIf(f.Agent != "", `r.agent_id = ?`, f.Agent)
	q.andIf(f.Team != "", `r.team_id = ?`, f.Team)
	q.andIf(f.Inbox != "", `r.inbox_id = ?`, f.Inbox)
	q.andIf(!f.Since.IsZero(), `r.rated_at >= ?`, sqldb.Micros(f.Since))
	q.see(s)
	p.after(q, `r.rated_at`, `r.id`)
	return list(tx, q, scanRating)
}
