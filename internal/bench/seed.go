package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"kefu/internal/sqldb"
	"kefu/internal/store"
)

const (
	seedEach  = 100    // messages of a conversation
	seedBatch = 20_000 // rows of a statement
	seedOpen  = 10     // one conversation in so many is open: its thread is compared after the start
)

// seed fills an empty database with messages that were all delivered: one conversation for each hundred, most of them closed.
func seed(ctx context.Context, url string, messages int) error {
	db, err := sqldb.Open(ctx, url, sqldb.Options{})
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	s := store.New(db)
	if _, err := s.Migrate(ctx); err != nil {
		return err
	}
	at := time.Now().Add(-time.Hour)
	talks := (messages + seedEach - 1) / seedEach
	for _, statement := range seedTalks() {
		if err := fill(ctx, s, statement, talks, at); err != nil {
			return err
		}
	}
	for _, statement := range seedMessages() {
		if err := fill(ctx, s, statement, messages, at); err != nil {
			return err
		}
	}
	return s.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.Exec(`UPDATE relay_position SET last_pos = $1`, messages)
		return err
	})
}

// fill runs a statement that makes the rows $1 to $2, batch by batch; $3 is a time.
func fill(ctx context.Context, s *store.Store, statement string, rows int, at time.Time) error {
	for first := 1; first <= rows; first += seedBatch {
		err := s.Update(ctx, func(tx *store.Tx) error {
			_, err := tx.Exec(statement, first, min(first+seedBatch-1, rows), at.UnixMicro())
			return err
		})
		if err != nil {
			return fmt.Errorf("seed: %w", err)
		}
	}
	return nil
}

// numbered makes an INSERT of rows numbered n; talk is the number of the conversation of message n.
func numbered(table, columns, values string) string {
	talk := `(n - 1) / ` + strconv.Itoa(seedEach) + ` + 1`
	values = strings.ReplaceAll(values, "{talk}", "CAST("+talk+" AS TEXT)")
	values = strings.ReplaceAll(values, "{n}", "CAST(n AS TEXT)")
	return `WITH RECURSIVE r(n) AS (SELECT CAST($1 AS BIGINT) UNION ALL SELECT n + 1 FROM r WHERE n < CAST($2 AS BIGINT))
INSERT INTO ` + table + ` (` + columns + `) SELECT ` + values + ` FROM r WHERE CAST($3 AS BIGINT) > 0`
}

const at = `CAST($3 AS BIGINT)`

func seedTalks() []string {
	status := fmt.Sprintf(`CASE WHEN n %% %d = 0 THEN 'open' ELSE 'closed' END`, seedOpen)
	each := strconv.Itoa(seedEach)
	return []string{
		numbered("contact", "id, name, email, phone, created_at, updated_at", `'con_' || {n}, '王小明', '', '', `+at+`, `+at),
		numbered("conversation", "id, inbox_id, contact_id, subject, status, handler, priority, assignee_id, owner_link_id, initial_message_id, last_seq, "+
			"last_ord, closed_at, closed_by, previous_id, created_at, updated_at",
			`'cnv_' || {n}, 'shop', 'con_' || {n}, '訂單', `+status+`, 'queue', 'medium', '', '', 'msg_' || {n}, `+each+`, `+each+`, 0, '', '', `+at+`, `+at),
		numbered("ticket", "id, external_id, conversation_id, inbox_id, title, status, priority, category, assignee_id, created_at, updated_at",
			`'tkt_' || {n}, {n}, 'cnv_' || {n}, 'shop', '訂單', 'pending', 'medium', '', '', `+at+`, `+at),
		seedLink("c", "'shop'", "'customer'", "0"),
		seedLink("d", "'guild'", "'desk'", "1"),
	}
}

func seedLink(letter, inbox, role, slot string) string {
	return numbered("link", "id, conversation_id, inbox_id, role, slot, external_id, name, cursor, meta, card_message_id, opened, sync_due, created_at, updated_at",
		`'lnk_`+letter+`' || {n}, 'cnv_' || {n}, `+inbox+`, `+role+`, `+slot+`, {n}, 'ticket', '', '', '', 1, 0, `+at+`, `+at)
}

func seedMessages() []string {
	place := `(n - 1) % ` + strconv.Itoa(seedEach) + ` + 1`
	return []string{
		numbered("message", "id, conversation_id, seq, author_kind, author_id, author_name, author_via, private, content_type, text, content, source_link_id, "+
			"external_id, fingerprint, meta, created_at", `'msg_' || {n}, 'cnv_' || {talk}, `+place+`, 'contact', '', '王小明', '', FALSE, 'text', '`+words+`', '', `+
			`'lnk_c' || {talk}, '', 'fp' || {n}, '', `+at),
		numbered("event", "id, pos, type, conversation_id, actor, data, occurred_at",
			`'evt_' || {n}, n, 'message.received', 'cnv_' || {talk}, '{}', '{"content":"`+words+`"}', `+at),
		numbered("delivery", "id, kind, conversation_id, link_id, inbox_id, message_id, line, ord, ready, state, due_at, attempts, unsure, unsure_since, "+
			"reason, late, claimed_by, payload, fingerprint, queued_at, done_at", `'dlv_' || {n} || '_1', 'message', 'cnv_' || {talk}, 'lnk_d' || {talk}, 'guild', `+
			`'msg_' || {n}, 'lnk_d' || {talk}, `+place+`, FALSE, 'delivered', `+at+`, 1, FALSE, 0, '', FALSE, '', '', '', `+at+`, `+at),
		numbered("part", "delivery_id, n, link_id, external_id, fingerprint", `'dlv_' || {n} || '_1', 0, 'lnk_d' || {talk}, {n}, ''`),
		numbered("attempt", "delivery_id, no, started_at, duration, outcome, error, external_id",
			`'dlv_' || {n} || '_1', 1, `+at+`, 1000, 'delivered', '', {n}`),
	}
}

// measureReady times a start with stored messages, the first one after they were written and the ones after.
func measureReady(ctx context.Context, g ground) (figures, error) {
	if err := seed(ctx, g.database, g.stored); err != nil {
		return nil, err
	}
	c, err := startContest(ctx, g, nameKefu)
	if err != nil {
		return nil, err
	}
	defer c.stop()
	c.say("ready after %.0f ms with %d stored messages", ms(c.ready), g.stored)
	return figures{figReady: ms(c.ready)}, nil
}
