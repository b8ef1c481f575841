package sqldb_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"kefu/internal/sqldb"
	"kefu/internal/storetest"
)

// BenchmarkUpdate stores one row per transaction from many callers at once: what the group commit is for.
func BenchmarkUpdate(b *testing.B) {
	for _, callers := range []int{1, 64} {
		b.Run(fmt.Sprint(callers, "callers"), func(b *testing.B) {
			storetest.EachB(b, func(b *testing.B, url string) { benchmarkUpdate(b, url, callers) })
		})
	}
}

func benchmarkUpdate(b *testing.B, url string, callers int) {
	db := openWithTable(b, url, sqldb.Options{})
	var n atomic.Int64
	if callers > 1 {
		b.SetParallelism(callers / 2)
	}
	one := func() {
		id := fmt.Sprintf("id%012d", n.Add(1))
		err := db.Update(context.Background(), func(tx *sqldb.Tx) error { return insert(tx, id) })
		if err != nil {
			b.Error(err)
		}
	}
	b.ResetTimer()
	if callers == 1 {
		for range b.N {
			one()
		}
	} else {
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				one()
			}
		})
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "ops/s")
}

// BenchmarkStatements is what one small statement costs inside a transaction.
func BenchmarkStatements(b *testing.B) {
	storetest.EachB(b, func(b *testing.B, url string) {
		db := openWithTable(b, url, sqldb.Options{})
		b.ResetTimer()
		err := db.Update(context.Background(), func(tx *sqldb.Tx) error {
			for i := range b.N {
				if err := insert(tx, fmt.Sprintf("id%012d", i)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "ops/s")
	})
}

// BenchmarkView reads one row per snapshot.
func BenchmarkView(b *testing.B) {
	storetest.EachB(b, func(b *testing.B, url string) {
		db := openWithTable(b, url, sqldb.Options{})
		do(b, db, "INSERT INTO thing (id, n) VALUES ('a', 1)")
		b.ResetTimer()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				err := db.View(context.Background(), func(tx *sqldb.Tx) error {
					_, err := sqldb.One(tx, scanString, "SELECT id FROM thing WHERE id = $1", "a")
					return err
				})
				if err != nil {
					b.Error(err)
				}
			}
		})
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "ops/s")
	})
}
