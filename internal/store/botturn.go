package store

import (
	"cmp"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"time"

	"kefu"
	"kefu/internal/sqldb"
)

const (
	sqlOweTurn  = `INSERT INTO bot_turn (message_id, conversation_id, seq, epoch, due_at, attempts, created_at) VALUES ($1, $2, $3, $4, $5, 0, $5)`
	sqlDueTurns = `SELECT conversation_id FROM bot_turn WHERE due_at <= $1 ORDER BY due_at, conversation_id LIMIT CAST($2 AS BIGINT)`
	sqlNextTurn = `SELECT COALESCE(MIN(due_at), 0) FROM bot_turn`
	sqlTurnsOf  = `SELECT t.message_id, t.epoch, t.attempts, m.text, c.inbox_id, k.locale FROM bot_turn t JOIN message m ON m.id = t.message_id
JOIN conversation c ON c.id = t.conversation_id JOIN contact k ON k.id = c.contact_id WHERE t.conversation_id = $1 ORDER BY t.seq`
	sqlDropTurn  = `DELETE FROM bot_turn WHERE message_id = $1`
	sqlDropTurns = `DELETE FROM bot_turn WHERE conversation_id = $1`
	sqlDelayTurn = `UPDATE bot_turn SET due_at = $2, attempts = attempts + 1 WHERE message_id = $1`

	botAnswerColumns   = `message_id, conversation_id, questions, locale, source, confidence, reason, articles, miss, epoch, helped, helped_at, created_at`
	sqlInsertBotAnswer = `INSERT INTO bot_answer (` + botAnswerColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0, $11)`
	sqlBotAnswer       = `SELECT ` + botAnswerColumns + ` FROM bot_answer WHERE message_id = $1`
	sqlBotAnswersOf    = `SELECT ` + botAnswerColumns + ` FROM bot_answer WHERE conversation_id = $1 ORDER BY created_at, message_id`
	sqlBotHelped       = `UPDATE bot_answer SET helped = $2, helped_at = $3, miss = $4 WHERE message_id = $1 AND helped = 0`
)

// OweTurn notes that the bot has to answer a message.
func (tx *Tx) OweTurn(m kefu.Message, epoch int64) error {
	_, err := tx.Exec(sqlOweTurn, m.ID, m.ConversationID, m.Seq, epoch, tx.now())
	return err
}

// DueTurns lists the conversations of the messages that wait for the bot, the longest due first. One conversation's turns are answered
// together: when the first is due, all are.
func (tx *Tx) DueTurns(limit int) ([]kefu.ConversationID, error) {
	due, err := sqldb.Many(tx.Tx, func(s sqldb.Scanner) (id kefu.ConversationID, err error) {
		err = s.Scan(&id)
		return id, err
	}, sqlDueTurns, tx.now(), limit)
	ids := due[:0]
	for _, id := range due {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, err
}

// NextTurn is when the next turn is due; zero when there is none.
func (tx *Tx) NextTurn() (time.Time, error) {
	us, err := sqldb.One(tx.Tx, scanInt, sqlNextTurn)
	return sqldb.Time(us), err
}

// TurnOf puts together what the bot has to answer in a conversation; a turn without messages when there is nothing. What was written in an
// older epoch is left out.
func (tx *Tx) TurnOf(id kefu.ConversationID) (kefu.BotTurn, error) {
	type row struct {
		message  kefu.MessageID
		epoch    int64
		attempts int
		text     string
		inbox    kefu.InboxID
		locale   kefu.Locale
	}
	rows, err := sqldb.Many(tx.Tx, func(s sqldb.Scanner) (r row, err error) {
		err = s.Scan(&r.message, &r.epoch, &r.attempts, &r.text, &r.inbox, &r.locale)
		return r, err
	}, sqlTurnsOf, id)
	t := kefu.BotTurn{ConversationID: id}
	for _, r := range rows {
		t.Epoch = max(t.Epoch, r.epoch)
	}
	for _, r := range rows {
		if r.epoch != t.Epoch {
			continue
		}
		if t.Text != "" && r.text != "" {
			t.Text += "\n"
		}
		t.Text += r.text
		t.Messages, t.InboxID, t.Locale, t.Attempts = append(t.Messages, r.message), r.inbox, r.locale, max(t.Attempts, r.attempts)
	}
	return t, err
}

// DropTurns forgets turns: those of messages, else all of the conversation. It reports how many there were.
func (tx *Tx) DropTurns(id kefu.ConversationID, messages ...kefu.MessageID) (int64, error) {
	if len(messages) == 0 {
		return tx.Exec(sqlDropTurns, id)
	}
	all := tx.Batch()
	for _, m := range messages {
		all.add(sqlDropTurn, m)
	}
	changed, err := all.Run()
	n := int64(0)
	for _, c := range changed {
		n += c
	}
	return n, err
}

// DelayTurns puts turns off, and counts the attempt.
func (tx *Tx) DelayTurns(messages []kefu.MessageID, delay time.Duration) error {
	all := tx.Batch()
	for _, m := range messages {
		all.add(sqlDelayTurn, m, sqldb.Micros(tx.Now.Add(delay)))
	}
	_, err := all.Run()
	return err
}

// InsertBotAnswer keeps what an answer was based on.
func (tx *Tx) InsertBotAnswer(r kefu.BotRecord) error {
	_, err := tx.Exec(sqlInsertBotAnswer, r.MessageID, r.ConversationID, encode(r.Questions), r.Locale, r.Source, int64(math.Round(r.Confidence*1000)),
		r.Reason, encode(r.Articles), r.Miss, r.Epoch, tx.now())
	return err
}

func scanBotAnswer(s sqldb.Scanner) (r kefu.BotRecord, err error) {
	var questions, articles string
	var confidence, helpedAt, created int64
	err = s.Scan(&r.MessageID, &r.ConversationID, &questions, &r.Locale, &r.Source, &confidence, &r.Reason, &articles, &r.Miss, &r.Epoch, &r.Helped,
		&helpedAt, &created)
	if err != nil {
		return r, err
	}
	r.Confidence, r.HelpedAt, r.CreatedAt = float64(confidence)/1000, sqldb.Time(helpedAt), sqldb.Time(created)
	if err = json.Unmarshal([]byte(questions), &r.Questions); err == nil {
		err = json.Unmarshal([]byte(articles), &r.Articles)
	}
	return r, err
}

// BotAnswer reads what an answer of the bot was based on; ErrNoRows when the message is none.
func (tx *Tx) BotAnswer(id kefu.MessageID) (kefu.BotRecord, error) {
	return sqldb.One(tx.Tx, scanBotAnswer, sqlBotAnswer, id)
}

// BotAnswers reads what answers of the bot were based on; messages that are none are left out.
func (tx *Tx) BotAnswers(ids ...kefu.MessageID) (map[kefu.MessageID]kefu.BotRecord, error) {
	places, args := anyOf(ids)
	found, err := sqldb.Many(tx.Tx, scanBotAnswer, numbered(`SELECT `+botAnswerColumns+` FROM bot_answer WHERE message_id IN (`+places+`) ORDER BY message_id`), args...)
	out := make(map[kefu.MessageID]kefu.BotRecord, len(found))
	for _, r := range found {
		out[r.MessageID] = r
	}
	return out, err
}

// BotAnswersOf lists the bot's answers in a conversation, oldest first.
func (tx *Tx) BotAnswersOf(id kefu.ConversationID) ([]kefu.BotRecord, error) {
	return sqldb.Many(tx.Tx, scanBotAnswer, sqlBotAnswersOf, id)
}

// SayHelped keeps what somebody says of an answer, and counts it for the articles that it used; false when it was said before. An answer
// that did not help is a miss.
func (tx *Tx) SayHelped(r kefu.BotRecord, helped bool) (bool, error) {
	word := -1
	if helped {
		word = 1
	}
	n, err := tx.Exec(sqlBotHelped, r.MessageID, word, tx.now(), !helped)
	if err != nil || n == 0 {
		return false, err
	}
	used := slices.DeleteFunc(slices.Clone(r.Articles), func(b kefu.BotBasis) bool { return !b.Used })
	slices.SortFunc(used, func(a, b kefu.BotBasis) int { return cmp.Compare(a.ID, b.ID) }) // two who count do not wait for each other
	for _, b := range used {
		if err := tx.CountHelp(b.ID, helped); err != nil && !errors.Is(err, sqldb.ErrNoRows) { // one that was deleted counts nothing
			return false, err
		}
	}
	return true, nil
}
