package sqldb_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kefu/internal/sqldb"
	"kefu/internal/storetest"
)

const fingerprintSchema = `CREATE TABLE a (
	seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- only: postgres
	seq INTEGER PRIMARY KEY, -- only: sqlite
	id TEXT COLLATE "C" NOT NULL UNIQUE,
	status TEXT NOT NULL DEFAULT 'new',
	due_at BIGINT,
	open BOOLEAN NOT NULL,
	score DOUBLE PRECISION,
	raw BYTEA, -- only: postgres
	raw BLOB, -- only: sqlite
	search TSVECTOR, -- only: postgres
	UNIQUE (status, due_at)
);
CREATE TABLE b (x TEXT NOT NULL, y TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (y, x));
CREATE TABLE word_fts (word TEXT); -- only: postgres
CREATE VIRTUAL TABLE found USING fts5 (word); -- only: sqlite
CREATE INDEX a_search ON a USING gin (search); -- only: postgres
CREATE INDEX a_due ON a (due_at) WHERE status = 'new' AND due_at IS NOT NULL;
CREATE INDEX a_state ON a (status, due_at DESC) WHERE status IN ('new', 'old');
CREATE UNIQUE INDEX a_open ON a (status) WHERE open;
CREATE INDEX b_at ON b (at DESC, x);`

const wantFingerprint = `a: column due_at int
a: column id text not null
a: column open bool not null
a: column raw blob
a: column score real
a: column seq int not null
a: column status text not null
a: index a_due (due_at) where status = 'new' and due_at is not null
a: index a_state (status, due_at desc) where status in 'new','old'
a: primary key (seq)
a: unique (id)
a: unique (status, due_at)
a: unique index a_open (status) where open
b: column at int not null
b: column x text not null
b: column y text not null
b: index b_at (at desc, x)
b: primary key (y, x)`

func TestFingerprintIsTheSameOnBoth(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := open(t, url, sqldb.Options{})
		if _, err := sqldb.Migrate(context.Background(), db, migrations(fingerprintSchema), "m"); err != nil {
			t.Fatal(err)
		}
		got, err := sqldb.Fingerprint(context.Background(), db)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(wantFingerprint, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestPrepare(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := openWithTable(t, url, sqldb.Options{})
		for _, good := range []string{
			"SELECT id FROM thing WHERE n > $1 ORDER BY id LIMIT 1 /*skip locked*/",
			"INSERT INTO thing (id, n) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET n = excluded.n RETURNING n",
			"SELECT id FROM thing ORDER BY id COLLATE \"C\" /*for update*/",
		} {
			if err := sqldb.Prepare(context.Background(), db, good); err != nil {
				t.Errorf("%s: %v", good, err)
			}
		}
		for _, bad := range []string{"SELECT misspelt FROM thing", "SELECT id FROM thing WHERE \"misspelt\" = $1", "SELEC 1"} {
			if err := sqldb.Prepare(context.Background(), db, bad); err == nil {
				t.Errorf("%s: prepared", bad)
			}
		}
	})
}
