package store

import "kefu/internal/sqldb"

const (
	sqlReserveWriter = `INSERT INTO writer_use (day, calls, tokens) VALUES ($1, 1, $2)
ON CONFLICT (day) DO UPDATE SET calls = writer_use.calls + 1, tokens = writer_use.tokens + $2 WHERE writer_use.tokens + $2 <= $3`
	sqlAdjustWriter = `UPDATE writer_use SET tokens = CASE WHEN tokens + $2 > 0 THEN tokens + $2 ELSE 0 END WHERE day = $1`
	sqlWriterUse    = `SELECT calls, tokens FROM writer_use WHERE day = $1`
)

// writerDay names the day of now, in UTC.
func (tx *Tx) writerDay() string { return tx.Now.UTC().Format("2006-01-02") }

// ReserveWriter counts a call of the writer that may cost so many tokens, and tells the day that it counts for; "" when the day's limit does
// not allow it, and then nothing is counted.
func (tx *Tx) ReserveWriter(tokens, limit int64) (day string, err error) {
	if tokens > limit {
		return "", nil
	}
	n, err := tx.Exec(sqlReserveWriter, tx.writerDay(), tokens, limit)
	if err != nil || n == 0 {
		return "", err
	}
	return tx.writerDay(), nil
}

// AdjustWriter corrects what a day has cost by the difference to what was reserved.
func (tx *Tx) AdjustWriter(day string, by int64) error {
	_, err := tx.Exec(sqlAdjustWriter, day, by)
	return err
}

// WriterUse is what the writer has cost on one day.
type WriterUse struct{ Calls, Tokens int64 }

// WriterUse tells what the writer has cost today.
func (tx *Tx) WriterUse() (WriterUse, error) {
	all, err := sqldb.Many(tx.Tx, func(s sqldb.Scanner) (u WriterUse, err error) {
		err = s.Scan(&u.Calls, &u.Tokens)
		return u, err
	}, sqlWriterUse, tx.writerDay())
	if err != nil || len(all) == 0 {
		return WriterUse{}, err
	}
	return all[0], nil
}
