package app

import (
	"context"
	"fmt"
	"strings"
	"time"

	"kefu/internal/api"
	"kefu/internal/connector"
	"kefu/internal/store"
)

const (
	readyTime = 2 * time.Second
	// staleAfter is the age of a queue's oldest delivery from which its inbox counts as degraded.
	staleAfter = time.Minute
	// failingAfter is how long an endpoint may have failed until webhooks count as degraded, and mostNamed how many such endpoints are named.
	failingAfter = 10 * time.Minute
	mostNamed    = 5
	// healthy is the State of a connection that is well.
	healthy = "ok"
)

// ready answers /readyz: the database, its schema, what waits, and the connections that are held.
func (a *App) ready(ctx context.Context) []api.Check {
	ctx, cancel := context.WithTimeout(ctx, readyTime)
	defer cancel()
	checks := []api.Check{a.checkDatabase(ctx), a.checkMigrations(ctx)}
	checks = append(checks, a.checkQueues(ctx)...)
	checks = append(checks, a.checkWebhooks(ctx))
	for _, k := range a.keepers {
		checks = append(checks, connectionCheck("connection:"+string(k.Inbox), a.connection(k)))
	}
	return checks
}

func connectionCheck(name string, h connector.Health) api.Check {
	c := api.Check{Name: name, Status: api.CheckOK, Detail: h.Words}
	if h.State != healthy {
		c.Status = api.CheckDegraded
	}
	return c
}

func (a *App) checkDatabase(ctx context.Context) api.Check {
	if err := a.db.Ping(ctx); err != nil {
		return api.Check{Name: "database", Status: api.CheckFail, Detail: "the database does not answer"}
	}
	return api.Check{Name: "database", Status: api.CheckOK, Detail: a.db.Dialect().String()}
}

func (a *App) checkMigrations(ctx context.Context) api.Check {
	have, want, err := a.store.MigrationStatus(ctx)
	switch {
	case err != nil:
		return api.Check{Name: "migrations", Status: api.CheckFail, Detail: "the schema's version cannot be read"}
	case have != want:
		return api.Check{Name: "migrations", Status: api.CheckFail, Detail: fmt.Sprintf("the schema is at %d, this program wants %d", have, want)}
	}
	return api.Check{Name: "migrations", Status: api.CheckOK, Detail: fmt.Sprintf("version %d", have)}
}

// checkQueues says which inboxes' deliveries have been waiting for long: their remote is down or slow.
func (a *App) checkQueues(ctx context.Context) []api.Check {
	workers := api.Check{Name: "workers", Status: api.CheckOK}
	checks := []api.Check{workers}
	err := a.store.View(ctx, func(tx *store.Tx) error {
		checks = checks[:1]
		sizes, err := tx.QueueSizes()
		for _, q := range sizes {
			if age := tx.Now.Sub(q.Oldest); age > staleAfter {
				checks = append(checks, api.Check{Name: "queue:" + string(q.InboxID), Status: api.CheckDegraded,
					Detail: fmt.Sprintf("%d deliveries %s, the oldest for %s", q.Count, q.State, age.Round(time.Second))})
			}
		}
		if err != nil {
			return err
		}
		looks, err := tx.LookAges()
		for _, l := range looks {
			if age := tx.Now.Sub(l.Oldest); age > staleAfter {
				checks = append(checks, api.Check{Name: "reading:" + string(l.InboxID), Status: api.CheckDegraded,
					Detail: fmt.Sprintf("%d threads in which something happened cannot be read, the first for %s", l.Count, age.Round(time.Second))})
			}
		}
		return err
	})
	if err != nil {
		checks[0] = api.Check{Name: "workers", Status: api.CheckFail, Detail: "what waits cannot be read"}
	}
	return checks
}

// checkWebhooks names the endpoints that have failed for long, or were disabled because they did.
func (a *App) checkWebhooks(ctx context.Context) api.Check {
	var ill []string
	err := a.store.View(ctx, func(tx *store.Tx) error {
		ill = nil
		all, err := tx.IllEndpoints()
		for _, e := range all {
			switch age := tx.Now.Sub(e.FailingSince); {
			case !e.Enabled:
				ill = append(ill, string(e.ID)+" was disabled by itself")
			case age > failingAfter:
				ill = append(ill, fmt.Sprintf("%s has failed for %s", e.ID, age.Round(time.Second)))
			}
		}
		return err
	})
	switch {
	case err != nil:
		return api.Check{Name: "webhooks", Status: api.CheckDegraded, Detail: "the health of endpoints cannot be read"}
	case len(ill) == 0:
		return api.Check{Name: "webhooks", Status: api.CheckOK}
	case len(ill) > mostNamed:
		ill = append(ill[:mostNamed], fmt.Sprintf("%d more endpoints", len(ill)-mostNamed))
	}
	return api.Check{Name: "webhooks", Status: api.CheckDegraded, Detail: strings.Join(ill, "; ")}
}
