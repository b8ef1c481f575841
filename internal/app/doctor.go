package app

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"kefu/internal/config"
	"kefu/internal/connector"
	"kefu/internal/ident"
	"kefu/internal/sqldb"
	"kefu/internal/store"
	"kefu/internal/switchboard"
	"kefu/internal/vault"
)

// Finding is one answer of the doctor, with the part that it is about.
type Finding struct {
	Part string `json:"part"`
	connector.Finding
}

const probeTime = 30 * time.Second

// Doctor asks every connection what is wrong and how to mend it. It changes nothing: the database is opened only when it is there, and
// not migrated. Also beside a running program.
func Doctor(ctx context.Context, cfg *config.Config, o Options) []Finding {
	a := &App{Options: o, cfg: cfg, node: ident.New("node"), metrics: newMetrics(o.Version)}
	defer a.Close()
	found := []Finding{a.examinePort(ctx)}
	found = append(found, a.examineDatabase(ctx)...)
	found = append(found, a.examineAlerts(ctx)...)
	found = append(found, a.examineFeeds(ctx)...)
	found = append(found, a.examineWriter(ctx)...)
	found = append(found, a.examineFolder(ctx))
	if err := a.lendScratch(ctx); err != nil {
		return append(found, fail("program", "temporary folder", err.Error(), "make the system's temporary folder (TMPDIR) writable"))
	}
	for _, w := range cfg.Warnings() {
		found = append(found, Finding{"configuration", connector.Finding{Level: connector.LevelWarn, Check: "settings", Words: w}})
	}
	return append(found, a.examineInboxes(ctx)...)
}

func fail(part, check, words, mend string) Finding {
	return Finding{part, connector.Finding{Level: connector.LevelFail, Check: check, Words: words, Mend: mend}}
}

func ok(part, check, words string) Finding {
	return Finding{part, connector.Finding{Level: connector.LevelOK, Check: check, Words: words}}
}

// examinePort tells whether the port is free, or taken by a Kefu that answers.
func (a *App) examinePort(ctx context.Context) Finding {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", a.cfg.Listen)
	if err == nil {
		_ = l.Close()
		return ok("listen", "port", a.cfg.Listen+" is free")
	}
	if answersHealth(ctx, a.cfg.Listen) {
		return ok("listen", "port", a.cfg.Listen+" is answered by a running Kefu")
	}
	return fail("listen", "port", fmt.Sprintf("%s cannot be used: %v", a.cfg.Listen, err), "stop the program that uses it, or set listen (KEFU_LISTEN) to another port")
}

func (a *App) examineDatabase(ctx context.Context) []Finding {
	url := a.cfg.Database.Reveal()
	if path, isFile := sqliteFile(url); isFile && !exists(path) {
		return []Finding{ok("database", "file", path+" is made at the first start")}
	}
	db, err := sqldb.Open(ctx, url, sqldb.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return []Finding{fail("database", "opens", err.Error(), "check database (KEFU_DATABASE), and that the server runs and lets this machine in")}
	}
	a.later(func() { _ = db.Close() })
	s := store.New(db)
	have, want, err := s.MigrationStatus(ctx)
	switch {
	case err != nil:
		return []Finding{fail("database", "schema", err.Error(), "give Kefu's user the rights of the schema's owner")}
	case have > want:
		return []Finding{fail("database", "schema", fmt.Sprintf("is at %d, this program knows %d", have, want), "start the newer Kefu that wrote it")}
	case have < want:
		return []Finding{ok("database", "schema", fmt.Sprintf("is at %d and is brought to %d at the next start", have, want))}
	}
	a.db, a.store = db, s // only a schema of this program is read
	return []Finding{ok("database", "schema", fmt.Sprintf("version %d", have))}
}

// examineInboxes probes all inboxes at once, so that one dead remote does not delay the answers about the others.
func (a *App) examineInboxes(ctx context.Context) []Finding {
	var err error
	if a.registry, err = connector.NewRegistry(a.Factories...); err != nil {
		return []Finding{fail("program", "channels", err.Error(), "")}
	}
	answers := make([][]Finding, len(a.cfg.Inboxes))
	var all sync.WaitGroup
	for i, c := range a.cfg.Inboxes {
		in, err := a.buildInbox(c.Connector())
		if err != nil {
			answers[i] = []Finding{fail(string(c.ID), "settings", err.Error(), "correct the inbox's settings; `kefu config doc` lists them")}
			continue
		}
		in.directory.Switchboard = switchboard.New(a.store, nil, nil, nil, a.Log, nil)
		all.Go(func() { answers[i] = examine(ctx, in) })
	}
	all.Wait()
	var found []Finding
	for _, f := range answers {
		found = append(found, f...)
	}
	return found
}

func examine(ctx context.Context, in *inbox) []Finding {
	part := string(in.ID)
	if in.can.Prober == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	probed, err := in.can.Prober.Probe(ctx)
	found := make([]Finding, 0, len(probed)+1)
	for _, f := range probed {
		found = append(found, Finding{part, f})
	}
	if err != nil {
		found = append(found, fail(part, "reachable", err.Error(), "check the address, the network, and that the service runs"))
	}
	return found
}

// examineFolder tells whether attachments can be kept. A folder that is not there yet is not made.
func (a *App) examineFolder(ctx context.Context) Finding {
	if !exists(a.cfg.DataDir) {
		return ok("data_dir", "folder", a.cfg.DataDir+" is made at the first start")
	}
	if err := a.openVault(ctx); err != nil {
		return fail("data_dir", "writable", err.Error(), "make data_dir a folder that Kefu may write to, and keep its secret_key file")
	}
	return ok("data_dir", "writable", a.cfg.DataDir)
}

// lendScratch gives the connectors an empty database and folder in place of those that are not there or not usable, so that the remotes can
// be asked all the same.
func (a *App) lendScratch(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "kefu-doctor-")
	if err != nil {
		return err
	}
	a.later(func() { _ = os.RemoveAll(dir) })
	if a.store == nil {
		db, err := sqldb.Open(ctx, "sqlite:"+filepath.Join(dir, "scratch.db"), sqldb.Options{Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			return err
		}
		a.later(func() { _ = db.Close() })
		a.store = store.New(db)
		if _, err := a.store.Migrate(ctx); err != nil {
			return err
		}
	}
	if a.vault == nil {
		a.vault, err = vault.New(filepath.Join(dir, "files"), []byte(dir), a.cfg.PublicURL, 0)
	}
	return err
}

func sqliteFile(url string) (path string, isFile bool) {
	rest, isFile := strings.CutPrefix(url, "sqlite:")
	path, _, _ = strings.Cut(rest, "?")
	return path, isFile
}
