package store

import (
	"slices"
	"strings"
	"time"

	"kefu"
	"kefu/internal/sqldb"
)

// SourceSelf is the source of a status that the agent set by REST or over a WebSocket. The other sources are inboxes.
const SourceSelf = "self"

// whileConnected stands in expires_at for a status that ends some time after its agent's last connection, as long as there is one.
const whileConnected = int64(1) << 62

const (
	sqlLockPresence = `SELECT status, deactivated_at FROM agent WHERE id = $1 /*for update*/`
	sqlSaveStatus   = `INSERT INTO agent_status (agent_id, source, status, expires_at, updated_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (agent_id, source) DO UPDATE SET status = excluded.status, expires_at = excluded.expires_at, updated_at = excluded.updated_at`
	sqlStatuses     = `SELECT source, status, expires_at, updated_at FROM agent_status WHERE agent_id = $1 ORDER BY source`
	sqlOnlineUntil  = `SELECT expires_at FROM agent_status WHERE agent_id = $1 AND source = $2 AND status = 'online'`
	sqlSetPresence  = `UPDATE agent SET status = $2 WHERE id = $1`
	sqlDueStatuses  = `SELECT agent_id FROM agent_status WHERE expires_at > 0 AND expires_at <= $1 ORDER BY expires_at LIMIT CAST($2 AS BIGINT)`
	sqlDropDue      = `DELETE FROM agent_status WHERE agent_id = $1 AND expires_at > 0 AND expires_at <= $2`
	sqlDropStatuses = `DELETE FROM agent_status WHERE agent_id = $1`
	sqlInsertSocket = `INSERT INTO socket (id, node, agent_id, opened_at) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING`
	sqlDeleteSocket = `DELETE FROM socket WHERE id = $1`
	sqlHasSocket    = `SELECT EXISTS (SELECT 1 FROM socket WHERE agent_id = $1)`
	sqlMoveExpiry   = `UPDATE agent_status SET expires_at = $2 WHERE agent_id = $1 AND source = 'self' AND expires_at > 0`
	sqlSocketNodes  = `SELECT DISTINCT node FROM socket ORDER BY node`
	sqlSocketsOf    = `SELECT id, agent_id FROM socket WHERE node = $1 ORDER BY agent_id, id LIMIT CAST($2 AS BIGINT)`
)

// ReportedStatus is what one source says of an agent.
type ReportedStatus struct {
	Source string
	Status kefu.AgentStatus
	// ExpiresAt is when it ends; zero is never, or not before the agent's last connection has ended (Connected).
	ExpiresAt time.Time
	Connected bool
	UpdatedAt time.Time
}

// Socket is an open WebSocket of an agent.
type Socket struct {
	ID      string
	AgentID kefu.AgentID
}

// Presence is an agent's effective status while the agent's row is held.
type Presence struct {
	Status kefu.AgentStatus
	Active bool
}

// LockPresence reads an agent's effective status and holds the agent's row, which everything that changes a presence does first.
func (tx *Tx) LockPresence(id kefu.AgentID) (Presence, error) {
	return sqldb.One(tx.Tx, func(s sqldb.Scanner) (p Presence, err error) {
		var gone int64
		err = s.Scan(&p.Status, &gone)
		p.Active = gone == 0
		return p, err
	}, sqlLockPresence, id)
}

// SaveStatus stores what a source says of an agent. With Connected the status ends some time after the agent's last connection;
// otherwise at expires, and never when that is zero. The agent must be locked.
func (tx *Tx) SaveStatus(id kefu.AgentID, r ReportedStatus) error {
	expires := sqldb.Micros(r.ExpiresAt)
	if r.Connected {
		expires = whileConnected
	}
	_, err := tx.Exec(sqlSaveStatus, id, r.Source, r.Status, expires, tx.now())
	return err
}

// Statuses lists what the sources say of an agent.
func (tx *Tx) Statuses(id kefu.AgentID) ([]ReportedStatus, error) {
	return sqldb.Many(tx.Tx, func(s sqldb.Scanner) (r ReportedStatus, err error) {
		var expires, updated int64
		err = s.Scan(&r.Source, &r.Status, &expires, &updated)
		r.UpdatedAt = sqldb.Time(updated)
		if r.Connected = expires == whileConnected; !r.Connected {
			r.ExpiresAt = sqldb.Time(expires)
		}
		return r, err
	}, sqlStatuses, id)
}

// OnlineUntil tells until when a source says that an agent is online; zero when it does not say so.
func (tx *Tx) OnlineUntil(id kefu.AgentID, source string) (time.Time, error) {
	until, err := sqldb.Many(tx.Tx, scanInt, sqlOnlineUntil, id, source)
	if err != nil || len(until) == 0 {
		return time.Time{}, err
	}
	return sqldb.Time(until[0]), nil
}

// SetPresence stores an agent's effective status.
func (tx *Tx) SetPresence(id kefu.AgentID, status kefu.AgentStatus) error {
	_, err := tx.Exec(sqlSetPresence, id, status)
	return err
}

// DueStatuses lists agents of whom something that a source said has ended.
func (tx *Tx) DueStatuses(limit int) ([]kefu.AgentID, error) {
	ids, err := sqldb.Many(tx.Tx, scanAgentID, sqlDueStatuses, tx.now(), limit)
	slices.Sort(ids)
	return slices.Compact(ids), err
}

// DropDue forgets what has ended of an agent, who must be locked.
func (tx *Tx) DropDue(id kefu.AgentID) error {
	_, err := tx.Exec(sqlDropDue, id, tx.now())
	return err
}

// DropStatuses forgets what every source said of an agent, who must be locked.
func (tx *Tx) DropStatuses(id kefu.AgentID) error {
	_, err := tx.Exec(sqlDropStatuses, id)
	return err
}

// OpenSocket notes a connection, and keeps a status that was set over one from ending. The agent must be locked.
func (tx *Tx) OpenSocket(k Socket, node string) error {
	if _, err := tx.Exec(sqlInsertSocket, k.ID, node, k.AgentID, tx.now()); err != nil {
		return err
	}
	_, err := tx.Exec(sqlMoveExpiry, k.AgentID, whileConnected)
	return err
}

// CloseSocket forgets a connection. When it was the agent's last, a status that was set over one ends after linger. The agent must be
// locked: another node may be opening one.
func (tx *Tx) CloseSocket(k Socket, linger time.Duration) error {
	if n, err := tx.Exec(sqlDeleteSocket, k.ID); err != nil || n == 0 {
		return err
	}
	more, err := tx.HasSocket(k.AgentID)
	if err != nil || more {
		return err
	}
	return tx.Linger(k.AgentID, linger)
}

// Linger has a status that was set over a WebSocket end after a time. The agent must be locked.
func (tx *Tx) Linger(id kefu.AgentID, linger time.Duration) error {
	_, err := tx.Exec(sqlMoveExpiry, id, sqldb.Micros(tx.Now.Add(linger)))
	return err
}

// HasSocket tells whether an agent has a connection to any node.
func (tx *Tx) HasSocket(id kefu.AgentID) (has bool, err error) {
	return sqldb.One(tx.Tx, func(s sqldb.Scanner) (has bool, err error) {
		err = s.Scan(&has)
		return has, err
	}, sqlHasSocket, id)
}

// SocketNodes lists the nodes that have noted connections.
func (tx *Tx) SocketNodes() ([]string, error) {
	return sqldb.Many(tx.Tx, scanString, sqlSocketNodes)
}

// SocketsOf lists connections that a node has noted, agent by agent.
func (tx *Tx) SocketsOf(node string, limit int) ([]Socket, error) {
	return sqldb.Many(tx.Tx, func(s sqldb.Scanner) (k Socket, err error) {
		err = s.Scan(&k.ID, &k.AgentID)
		return k, err
	}, sqlSocketsOf, node, limit)
}

// SortSockets puts connections into the order in which their agents are locked: the same for everybody.
func SortSockets(all []Socket) {
	slices.SortFunc(all, func(a, b Socket) int { return strings.Compare(string(a.AgentID), string(b.AgentID)) })
}

func scanAgentID(s sqldb.Scanner) (id kefu.AgentID, err error) {
	err = s.Scan(&id)
	return id, err
}
