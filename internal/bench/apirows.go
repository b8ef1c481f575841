package main

import (
	"strconv"
	"strings"
)

// apiSeed makes rows by number: messages n, conversations k. In a block of a thousand messages a hundred conversations take turns, so that what
// belongs together does not lie together, as in life.
type apiSeed struct{ messages, talks int }

// rowsOf is a statement that makes rows by number, and how many.
type rowsOf struct {
	statement string
	rows      int
}

func (q apiSeed) parts() []rowsOf {
	return []rowsOf{
		{q.statement("contact", "id, name, email, phone, external_id, created_at, updated_at",
			sqlID("con_0", "n")+`, '顧客 ' || {n}, 'customer' || {n} || '@example.com', '', 'C-' || {n}, {start}, {start}`), q.talks},
		{q.statement("conversation", "id, inbox_id, contact_id, subject, status, handler, priority, assignee_id, team_id, owner_link_id, initial_message_id, "+
			"last_seq, last_ord, closed_at, closed_by, previous_id, created_at, updated_at",
			sqlID("cnv_0", "n")+`, 'shop' || CAST({team} + 10 AS TEXT), `+sqlID("con_0", "((n - 1) / 3 + 1)")+`, '{subject} ' || {n}, {status}, {handler}, {priority}, {assignee}, `+
				sqlID("tea_0", "({team})")+`, '', `+sqlID("msg_0", "({first})")+`, `+strconv.Itoa(apiEach)+`, `+strconv.Itoa(apiEach)+`, {closed}, '', '', {start}, {end}`), q.talks},
		{q.statement("ticket", "id, external_id, conversation_id, inbox_id, title, status, priority, category, assignee_id, created_at, updated_at",
			sqlID("tkt_0", "n")+`, '', `+sqlID("cnv_0", "n")+`, 'shop' || CAST({team} + 10 AS TEXT), '{subject} ' || {n}, 'processing', {priority}, '', '', {start}, {end}`), q.talks},
		{q.statement("link", "id, conversation_id, inbox_id, role, slot, external_id, name, cursor, meta, card_message_id, opened, sync_due, created_at, updated_at",
			sqlID("lnk_0", "n")+`, `+sqlID("cnv_0", "n")+`, 'gone', 'desk', 1, {n}, '', '', '', '', 1, 0, {start}, {start}`), q.talks},
		{q.statement("conversation_label", "conversation_id, label_id, created_at",
			sqlID("cnv_0", "n")+`, `+sqlID("lbl_0", "(n % "+strconv.Itoa(apiLabels)+" + 1)")+`, {start}`) + ` AND n % 3 = 0`, q.talks},
		{q.message("msg_0", "({talk})", "{place}", "{at}"), q.messages},
		{q.delivery("0", "({talk})", "{place}", "{at}"), q.messages},
		{q.message("msg_1", q.longTalk(), longPlace, `CAST($3 AS BIGINT)`), apiLong * apiLongEach},
		{q.delivery("1", q.longTalk(), longPlace, `CAST($3 AS BIGINT)`), apiLong * apiLongEach},
		{`UPDATE conversation SET last_seq = ` + strconv.Itoa(apiEach+apiLongEach) + `, last_ord = ` + strconv.Itoa(apiEach+apiLongEach) +
			` WHERE id IN (WITH RECURSIVE r(n) AS (SELECT CAST($1 AS BIGINT) UNION ALL SELECT n + 1 FROM r WHERE n < CAST($2 AS BIGINT))
SELECT ` + sqlID("cnv_0", "(n * 9 * "+strconv.Itoa(q.few())+")") + ` FROM r WHERE CAST($3 AS BIGINT) > 0)`, apiLong},
	}
}

// few is how far apart the conversations of those are who see few.
func (q apiSeed) few() int { return max(q.talks/(apiFew*apiFewSee), 1) }

// long is the j-th long conversation, from 1 to apiLong, and the one of apiFew whose it is.
func (q apiSeed) long(j int) (conversation string, whose int) {
	return seedID("cnv_0", 9*j*q.few()), 9*j%apiFew + 1
}

// longTalk and longPlace are of the n-th message that makes long conversations long.
func (q apiSeed) longTalk() string {
	return `(((n - 1) / ` + strconv.Itoa(apiLongEach) + ` + 1) * 9 * ` + strconv.Itoa(q.few()) + `)`
}

const longPlace = `((n - 1) % 50 + 11)`

// teamOf is the team of conversation n, from 1 to apiTeams.
const teamOf = `((n * 17 + n / 100 * 3) % 20 + 1)`

// message takes its text from the kinds of text, as if at random: the kinds must not follow conversations or
// teams.
func (q apiSeed) message(prefix, talk, place, at string) string {
	kind := `n * n % 2147483647 * 48271 % 2147483647 / 1000 % ` + strconv.Itoa(textKinds)
	k := `(` + talk + `)`
	others := `CASE WHEN ` + strings.ReplaceAll(teamOf, "n", k) + ` = ` + strconv.Itoa(apiTeams) + ` THEN ' ` + otherTeams().word + `' ELSE '' END`
	text := `t.text || CASE WHEN n % 4 = 0 THEN ' A-' || {n} ELSE '' END || CASE WHEN n % ` + strconv.Itoa(rareEach) + ` = 7 THEN ' ` + terms()[0].word + `' ELSE '' END || ` + others
	s := q.statement("message", "id, conversation_id, seq, author_kind, author_id, author_name, author_via, private, content_type, text, content, "+
		"source_link_id, external_id, fingerprint, meta, created_at",
		sqlID(prefix, "n")+`, `+sqlID("cnv_0", talk)+`, `+place+`, CASE WHEN `+place+` % 3 = 0 THEN 'agent' ELSE 'contact' END, '', `+
			`CASE WHEN `+place+` % 3 = 0 THEN 'Amy' ELSE '王小明' END, '', n % 50 = 11, 'text', `+text+`, '', '', '', '', '', `+at)
	return strings.Replace(s, ` FROM r WHERE CAST($3`, ` FROM r JOIN bench_text t ON t.kind = `+kind+` WHERE CAST($3`, 1)
}

func (q apiSeed) delivery(letter, talk, place, at string) string {
	return q.statement("delivery", "id, kind, conversation_id, link_id, inbox_id, message_id, line, ord, ready, state, due_at, attempts, unsure, unsure_since, "+
		"reason, late, claimed_by, payload, fingerprint, queued_at, done_at",
		sqlID("dlv_"+letter, "n")+` || '_1', 'message', `+sqlID("cnv_0", talk)+`, `+sqlID("lnk_0", talk)+`, 'gone', `+sqlID("msg_"+letter, "n")+`, `+
			sqlID("lnk_0", talk)+`, `+place+`, FALSE, 'delivered', `+at+`, 1, FALSE, 0, '', FALSE, '', '', '', `+at+`, `+at)
}

// statement makes an INSERT of rows numbered n, from $1 to $2; $3 is the time of the newest message.
func (q apiSeed) statement(table, columns, values string) string {
	step := apiYear.Microseconds() / int64(q.messages)
	when := func(n string) string {
		return `(CAST($3 AS BIGINT) - (` + strconv.Itoa(q.messages) + ` - (` + n + `)) * ` + strconv.FormatInt(step, 10) + `)`
	}
	shared := apiBlock / apiEach
	slot := strconv.Itoa(shared)
	first := `(n - 1) / ` + slot + ` * ` + strconv.Itoa(apiBlock) + ` + (n - 1) % ` + slot + ` + 1`
	last := first + ` + ` + strconv.Itoa(apiBlock-shared)
	mix := `(n * 31 + n / 100 * 7) % 100` // a hundred even parts of the conversations
	few := strconv.Itoa(q.few())
	values = strings.NewReplacer(
		"{status}", `CASE WHEN `+mix+` < 70 THEN 'closed' WHEN `+mix+` < 90 THEN 'open' WHEN `+mix+` < 95 THEN 'pending' ELSE 'snoozed' END`,
		"{closed}", `CASE WHEN `+mix+` < 70 THEN `+when(last)+` ELSE 0 END`,
		"{handler}", `CASE WHEN n % `+few+` = 0 OR n % 5 < 3 THEN 'agent' ELSE 'queue' END`,
		"{priority}", `CASE n % 7 WHEN 0 THEN 'high' WHEN 1 THEN 'low' WHEN 2 THEN 'urgent' ELSE 'medium' END`,
		"{assignee}", `CASE WHEN n % `+few+` = 0 THEN `+sqlID("agt_"+kindFew, "(n / "+few+" % "+strconv.Itoa(apiFew)+" + 1)")+
			` WHEN n % 5 < 3 THEN `+sqlID("agt_"+kindTeam, "({team})")+` ELSE '' END`,
		"{first}", first, "{start}", when(first), "{end}", when(last),
		"{at}", when("n"), "{place}", `((n - 1) % `+strconv.Itoa(apiBlock)+` / `+slot+` + 1)`,
		"{talk}", `(n - 1) / `+strconv.Itoa(apiBlock)+` * `+slot+` + (n - 1) % `+slot+` + 1`,
		"{subject}", "商品諮詢",
	).Replace(values)
	values = strings.ReplaceAll(values, "{team}", teamOf)
	values = strings.ReplaceAll(values, "{n}", "CAST(n AS TEXT)")
	return `WITH RECURSIVE r(n) AS (SELECT CAST($1 AS BIGINT) UNION ALL SELECT n + 1 FROM r WHERE n < CAST($2 AS BIGINT))
INSERT INTO ` + table + ` (` + columns + `) SELECT ` + values + ` FROM r WHERE CAST($3 AS BIGINT) > 0`
}
