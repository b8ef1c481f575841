package api

import (
	"context"
	"net/http"

	"kefu"
	"kefu/internal/switchboard"
)

// asked is what the guard found out about a request; it travels in the context.
type asked struct {
	request *http.Request
	ask     kefu.Ask
	refused error // what a rehearsal was refused with
}

type askedKey struct{}

// caller is who asks. It is the zero Caller, which may nothing, in operations that are open, and in a rehearsal: only a verb that is told that
// it is one can heed it.
func caller(ctx context.Context) kefu.Caller {
	a := ask(ctx)
	if a.Dry {
		return kefu.Caller{}
	}
	return a.Caller
}

// ask is what every change comes with: the caller, the Idempotency-Key and If-Match.
func ask(ctx context.Context) kefu.Ask {
	if a, ok := ctx.Value(askedKey{}).(*asked); ok {
		return a.ask
	}
	return kefu.Ask{}
}

// request is the HTTP request, for the few that need more of it than their input says.
func request(ctx context.Context) *http.Request {
	if a, ok := ctx.Value(askedKey{}).(*asked); ok {
		return a.request
	}
	return &http.Request{Header: http.Header{}}
}

// ByID is the part of an input that names one thing. Only exported types can be embedded in an input.
type ByID struct {
	ID string `path:"id" maxLength:"200" doc:"Id of the thing."`
}

// Paging is the part of an input that asks for a page of a list.
type Paging struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many items at most."`
	Cursor string `query:"cursor" maxLength:"1000" doc:"The next_cursor of the page before; without it the list begins."`
}

func (p Paging) page() switchboard.Paging {
	return switchboard.Paging{Cursor: p.Cursor, Limit: p.Limit}
}
