package main

import (
	"context"
	"errors"

	"kefu/internal/sqldb"
	"kefu/internal/store"
)

// stored runs fn on the configured database, whose schema is brought up to date first: applied is how many migrations that took.
func (s *settings) stored(ctx context.Context, fn func(db *sqldb.DB, st *store.Store, applied int) error) (err error) {
	cfg, err := s.load()
	if err != nil {
		return err
	}
	db, err := sqldb.Open(ctx, cfg.Database.Reveal(), sqldb.Options{Log: logger(cfg)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	st := store.New(db)
	applied, err := st.Migrate(ctx)
	if err != nil {
		return err
	}
	return fn(db, st, applied)
}
