package store

import (
	"time"

	"kefu"
	"kefu/internal/sqldb"
)

const (
	sqlInsertTicketChange = `INSERT INTO ticket_change (ticket_id, actor_kind, actor_id, actor_name, actor_via, field, was, becomes, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
	sqlTicketChanges = `SELECT n, actor_kind, actor_id, actor_name, actor_via, field, was, becomes, created_at FROM ticket_change
WHERE ticket_id = $1 AND n > $2 ORDER BY n LIMIT CAST($3 AS BIGINT)`
	sqlSetStatusAt     = `UPDATE ticket SET status_at = $2 WHERE id = $1`
	sqlUnteamedTickets = `INSERT INTO ticket_change (ticket_id, actor_kind, actor_id, actor_name, actor_via, field, was, becomes, created_at)
SELECT t.id, 'system', '', 'Kefu', '', 'team_id', t.team_id, '', $2 FROM ticket t WHERE t.team_id = $1 AND t.team_id <> ''`
	sqlUnteamTickets = `UPDATE ticket SET team_id = '', updated_at = $2 WHERE team_id = $1 AND team_id <> ''`
	sqlBlankChanges  = `UPDATE ticket_change SET
was = CASE WHEN field IN ('title', 'description', 'category', 'custom_fields', 'handler') THEN '' ELSE was END,
becomes = CASE WHEN field IN ('title', 'description', 'category', 'custom_fields', 'handler') THEN '' ELSE becomes END,
actor_name = CASE WHEN actor_kind = 'contact' THEN '' ELSE actor_name END
WHERE ticket_id IN (SELECT t.id FROM ticket t WHERE t.conversation_id = $1)`
)

// InsertTicketChange writes one changed member into a ticket's history.
func (b *Batch) InsertTicketChange(id kefu.TicketID, ch kefu.TicketChange) {
	b.add(sqlInsertTicketChange, id, ch.By.Kind, ch.By.ID, ch.By.Name, ch.By.Via, ch.Field, ch.From, ch.To, b.tx.now())
}

// TicketChanges lists a ticket's history after a place in it, oldest first.
func (tx *Tx) TicketChanges(id kefu.TicketID, after int64, limit int) ([]kefu.TicketChange, error) {
	return sqldb.Many(tx.Tx, scanTicketChange, sqlTicketChanges, id, after, limit)
}

// SetTicketStatusAt stores of when a ticket's status is.
func (tx *Tx) SetTicketStatusAt(id kefu.TicketID, at time.Time) error {
	n, err := tx.Exec(sqlSetStatusAt, id, sqldb.Micros(at))
	return must(n, err, "ticket", id)
}

// unteam takes a team's tickets out of it.
func (tx *Tx) unteam(id kefu.TeamID) error {
	for _, text := range []string{sqlUnteamedTickets, sqlUnteamTickets} {
		if _, err := tx.Exec(text, id, tx.now()); err != nil {
			return err
		}
	}
	return nil
}
