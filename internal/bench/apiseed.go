package main

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"kefu/internal/auth"
	"kefu/internal/dispatch"
	"kefu/internal/sqldb"
	"kefu/internal/store"
	"kefu/internal/switchboard"
)

// The shape of the organisation that the open API is measured with.
const (
	apiTeams    = 20   // inboxes, teams, and agents who each work in one of them
	apiFew      = 8    // agents who see apiFewSee conversations each, however many there are
	apiFewSee   = 50   // of all times
	apiAdmins   = 8    // administrators; several of each, for one alone is limited to ten requests a second
	apiEach     = 10   // messages of a conversation
	apiBlock    = 1000 // messages that the conversations of one time share among them, in turn
	apiLabels   = 5
	apiLong     = 40     // conversations of those who see few that are long,
	apiLongEach = 50     // by so many messages
	apiTalks    = 64     // open conversations of the inbox api, which are written to
	apiSmall    = 10_000 // messages in the small database
	apiYear     = 365 * 24 * time.Hour
	indexBatch  = 2000 // messages that are indexed in one commit
	staffWords  = "a long password for the bench"
)

// seedAPI fills an empty database with a year of an organisation's messages, which must be a multiple of apiBlock; their events are pruned. It
// returns keys of programs that may do everything.
func seedAPI(ctx context.Context, url string, messages, keys int) ([]string, error) {
	db, err := sqldb.Open(ctx, url, sqldb.Options{})
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }()
	s := store.New(db)
	if _, err := s.Migrate(ctx); err != nil {
		return nil, err
	}
	for _, step := range []func(context.Context, *store.Store) error{seedStaff, seedTexts} {
		if err := step(ctx, s); err != nil {
			return nil, fmt.Errorf("seed: %w", err)
		}
	}
	newest := time.Now().Add(-time.Hour)
	q := apiSeed{messages: messages, talks: messages / apiEach}
	for _, part := range q.parts() {
		if err := fill(ctx, s, part.statement, part.rows, newest); err != nil {
			return nil, err
		}
	}
	given := make([]string, 0, keys)
	for n := range keys {
		k, err := auth.CreateKey(ctx, s, auth.NewKey{Name: fmt.Sprint("bench ", n), Scopes: []string{"*:*"}})
		if err != nil {
			return nil, err
		}
		given = append(given, k)
	}
	return given, settle(ctx, s)
}

// indexAll lets Kefu's own indexer take in what the seed has written, without the rests that it takes beside people's work.
func indexAll(ctx context.Context, url string) error {
	db, err := sqldb.Open(ctx, url, sqldb.Options{})
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	s := store.New(db)
	board := switchboard.New(s, nil, nil, nil, slog.New(slog.DiscardHandler), nil)
	if err := (dispatch.Indexer{Switchboard: board}).CatchUp(ctx, indexBatch); err != nil {
		return err
	}
	return vacuum(ctx, url)
}

// settle removes what only the seed needed.
func settle(ctx context.Context, s *store.Store) error {
	return s.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.Exec(`DROP TABLE bench_text`)
		return err
	})
}

// vacuum lets PostgreSQL look at what it has, as it does by itself in time. SQLite would have to be asked, and Kefu never asks it.
func vacuum(ctx context.Context, url string) error {
	if !strings.HasPrefix(url, "postgres") {
		return nil
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	_, err = conn.Exec(ctx, `VACUUM ANALYZE`)
	return err
}

// seedStaff makes agents, teams and labels.
func seedStaff(ctx context.Context, s *store.Store) error {
	password, err := auth.HashPassword(staffWords)
	if err != nil {
		return err
	}
	return s.Update(ctx, func(tx *store.Tx) error {
		now := sqldb.Micros(tx.Now)
		agent := func(kind, role string, n int) error {
			_, err := tx.Exec(`INSERT INTO agent (id, name, email, role, password, status, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, 'offline', $6, $6)`,
				seedID("agt_"+kind, n), fmt.Sprint(kind, n), staffMail(kind, n), role, password, now)
			return err
		}
		for _, group := range []struct {
			kind, role string
			n          int
		}{{kindTeam, "agent", apiTeams}, {kindFew, "agent", apiFew}, {kindAdmin, "admin", apiAdmins}} {
			for n := range group.n {
				if err := agent(group.kind, group.role, n+1); err != nil {
					return err
				}
			}
		}
		for n := 1; n <= apiTeams; n++ {
			if _, err := tx.Exec(`INSERT INTO team (id, name, created_at, updated_at) VALUES ($1, $2, $3, $3)`, seedID("tea_0", n), fmt.Sprint("team ", n), now); err != nil {
				return err
			}
			if _, err := tx.Exec(`INSERT INTO team_member (team_id, agent_id) VALUES ($1, $2)`, seedID("tea_0", n), seedID("agt_"+kindTeam, n)); err != nil {
				return err
			}
		}
		for n := 1; n <= apiLabels; n++ {
			if _, err := tx.Exec(`INSERT INTO label (id, name, color, description, created_at, updated_at) VALUES ($1, $2, '', '', $3, $3)`,
				seedID("lbl_0", n), fmt.Sprint("label ", n), now); err != nil {
				return err
			}
		}
		return nil
	})
}

// Kinds of staff: a character of their ids, and of their addresses.
const (
	kindTeam  = "1"
	kindFew   = "2"
	kindAdmin = "3"
)

func staffMail(kind string, n int) string { return fmt.Sprintf("staff%s-%d@bench.example", kind, n) }

// seedID is an id of the form that ident gives; sqlID makes the same in SQL.
func seedID(prefix string, n int) string {
	pad := strings.Repeat("0", 30-len(prefix)-15)
	return prefix + pad + strconv.Itoa(10_000_000_000_000+n) + "0"
}

func sqlID(prefix, n string) string {
	pad := strings.Repeat("0", 30-len(prefix)-15)
	return `'` + prefix + pad + `' || CAST(10000000000000 + ` + n + ` AS TEXT) || '0'`
}

// seedTexts stores the kinds of text, from which SQL makes messages on either engine without a round trip for each.
func seedTexts(ctx context.Context, s *store.Store) error {
	return s.Update(ctx, func(tx *store.Tx) error {
		if _, err := tx.Exec(`CREATE TABLE bench_text (kind BIGINT NOT NULL PRIMARY KEY, text TEXT NOT NULL)`); err != nil {
			return err
		}
		const each = 500
		for first := 0; first < textKinds; first += each {
			rows, args := make([]string, 0, each), make([]any, 0, 2*each)
			for n := first; n < first+each; n++ {
				rows = append(rows, fmt.Sprintf("(CAST($%d AS BIGINT), $%d)", len(args)+1, len(args)+2))
				args = append(args, n, seedText(n))
			}
			if _, err := tx.Exec(`INSERT INTO bench_text (kind, text) VALUES `+strings.Join(rows, ", "), args...); err != nil {
				return err
			}
		}
		return nil
	})
}
