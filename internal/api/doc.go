// Package api holds the HTTP doors: the open API, hooks that Kefu receives, health, metrics and files.
//
// It imports the rules and the connector contract, never the store. The list of routes stands in routes.go, that of the API's operations in
// routes_v1.go; problem.go alone knows which HTTP status an error has. A hook is answered after the commit and before any outside call.
// Bodies, headers and times are bounded. All handlers are safe for concurrent use and keep nothing between requests.
//
// # A resource of /api/v1
//
// labels.go is the pattern. A resource has one file with a slice of operations, which routes_v1.go joins, and one short handler for each:
//
//	get("/labels/{id}", "labels:read", "getLabel", "Read a label", s.getLabel)
//
//	func (s *server) getLabel(ctx context.Context, in *ByID) (switchboard.Label, error) {
//		return s.Board.Label(ctx, caller(ctx), kefu.LabelID(in.ID))
//	}
//
// The line says path (below /api/v1), scope (or anyone: any credentials; open: none), operation id, summary and handler. list reads many, get
// one (with ETag and 304), post makes (201), act is a POST that answers 200, quiet one that answers 204, put changes, del removes (204); call is
// any other. The input is a struct with path:"", query:"" and header:"" members and a Body; ByID and Paging are embedded. Embedded types must
// be exported, members of an input must not be pointers. The output is the body itself. Tags doc, example, minimum, maximum, maxLength, enum,
// format describe and check; a kefu.Opt member with omitzero is optional and may be null; a type with fixed words is enumerated once, in
// schema.go. Members are required unless they have omitempty or omitzero. A list in an answer must not be nil: it would be null. A pointer to a
// struct may not be null in an answer: give it omitempty. Two types of one name are refused when the document is made.
//
// When a handler runs, the guard (guard.go) has seen to this: address and body are text in UTF-8 without U+0000, the body is strict JSON and
// fits its schema by exact names, the caller is known, within the rate limit, and has the scope. caller(ctx) is who asks and ask(ctx) what a
// verb that changes something wants. A handler returns errors as they are: their kind becomes the status. An operation that takes a file reads
// request(ctx).Body itself: make it with .uploads.
//
// A POST or PUT whose body does not fit its schema is rehearsed (rehearsal.go), so that the faults that the rules would find are named too: its
// handler runs with what is left of the body, ask(ctx).Dry set, and the zero caller(ctx). So a handler that changes something by itself, or by a
// verb that takes no kefu.Ask, must do nothing for the zero Caller.
//
// The document is made from the code: after a change, `go test ./internal/api -update` writes docs/openapi.json anew. Every operation needs a
// step in contract_test.go that drives it with a good request; bad requests, odd ones, and every role at every operation are sent without
// further words, because those tests walk the document.
package api
