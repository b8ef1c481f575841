package sqldb_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"kefu/internal/sqldb"
	"kefu/internal/storetest"
)

func migrations(texts ...string) fstest.MapFS {
	files := fstest.MapFS{}
	for i, text := range texts {
		name := "m/0000" + string(rune('1'+i)) + "_step.sql"
		files[name] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + text)}
	}
	return files
}

const firstMigration = `CREATE TABLE note (
	seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- only: postgres
	seq INTEGER PRIMARY KEY, -- only: sqlite
	id TEXT COLLATE "C" NOT NULL UNIQUE,
	body TEXT NOT NULL
);
INSERT INTO note (id, body) VALUES ('a', '-- only'), ('B', 'x');`

func TestMigrate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := open(t, url, sqldb.Options{})
		ctx := context.Background()
		files := migrations(firstMigration, "ALTER TABLE note ADD COLUMN at BIGINT;")
		if have, want, err := sqldb.MigrationStatus(ctx, db, files, "m"); have != 0 || want != 2 || err != nil {
			t.Errorf("status before: %d of %d, %v", have, want, err)
		}
		for _, want := range []int{2, 0} {
			if got, err := sqldb.Migrate(ctx, db, files, "m"); got != want || err != nil {
				t.Fatalf("applied %d, %v; want %d", got, err, want)
			}
		}
		if have, want, err := sqldb.MigrationStatus(ctx, db, files, "m"); have != 2 || want != 2 || err != nil {
			t.Errorf("status after: %d of %d, %v", have, want, err)
		}
		do(t, db, "INSERT INTO note (id, body) VALUES ($1, $2)", "c", "y")
		err := db.View(ctx, func(tx *sqldb.Tx) error {
			got, err := sqldb.Many(tx, scanString, "SELECT id FROM note ORDER BY id COLLATE \"C\"")
			if strings.Join(got, "") != "Bac" {
				t.Errorf("order %v", got)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestMigrateRefusesNewerSchema(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := open(t, url, sqldb.Options{})
		newer := migrations(firstMigration, "ALTER TABLE note ADD COLUMN at BIGINT;")
		if _, err := sqldb.Migrate(context.Background(), db, newer, "m"); err != nil {
			t.Fatal(err)
		}
		_, err := sqldb.Migrate(context.Background(), db, migrations(firstMigration), "m")
		if err == nil || !strings.Contains(err.Error(), "version 2") || !strings.Contains(err.Error(), "only 1") {
			t.Errorf("got %v", err)
		}
	})
}

func TestMigrateFailureKeepsWhatWasApplied(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := open(t, url, sqldb.Options{})
		files := migrations(firstMigration, "CREATE TABLE half (id TEXT); SELECT * FROM nothing_of_that_name;")
		applied, err := sqldb.Migrate(context.Background(), db, files, "m")
		if applied != 1 || err == nil {
			t.Errorf("applied %d, %v", applied, err)
		}
		if err := sqldb.Prepare(context.Background(), db, "SELECT id FROM half"); err == nil {
			t.Error("half a migration stayed")
		}
	})
}

func TestConcurrentMigratorsWait(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		files := migrations(firstMigration, "CREATE TABLE more (id TEXT);", "CREATE TABLE most (id TEXT);")
		total := make([]int, 4)
		var wg sync.WaitGroup
		for i := range total {
			db := openOther(t, url, sqldb.Options{})
			wg.Go(func() {
				var err error
				if total[i], err = sqldb.Migrate(context.Background(), db, files, "m"); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if sum := total[0] + total[1] + total[2] + total[3]; sum != 3 {
			t.Errorf("3 migrations were applied %d times: %v", sum, total)
		}
	})
}

func TestMigrateStopsWaitingWithItsContext(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := open(t, url, sqldb.Options{})
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if _, err := sqldb.Migrate(ctx, db, migrations(firstMigration), "m"); err == nil {
			t.Error("migrated for nobody")
		}
	})
}
