package auth

import (
	"errors"

	"kefu"
	"kefu/internal/sqldb"
)

var errNetwork = errors.New("not a network")

func unauthorized(format string, args ...any) error {
	return kefu.Errorf(kefu.KindUnauthorized, format, args...)
}

// unreadable gives an error of the store its public words.
func unreadable(err error) error {
	if kefu.KindOf(err) != kefu.KindInternal {
		return err
	}
	return kefu.Wrap(kefu.KindUnavailable, err, "who you are cannot be read now; try again")
}

// notStored gives an error of the store its public words: nothing was kept, and trying again is right.
func notStored(err error) error {
	if err == nil || kefu.KindOf(err) != kefu.KindInternal {
		return err
	}
	return kefu.Wrap(kefu.KindUnavailable, err, "this cannot be stored now; nothing was kept; send it again")
}

// found turns "no row" into NotFound.
func found(err error, what string) error {
	if errors.Is(err, sqldb.ErrNoRows) {
		return kefu.Errorf(kefu.KindNotFound, "no %s with this id", what)
	}
	return err
}

// known turns "no row" into Unauthorized with these words.
func known(err error, words string) error {
	if errors.Is(err, sqldb.ErrNoRows) {
		return unauthorized("%s", words)
	}
	return err
}
