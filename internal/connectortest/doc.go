// Package connectortest is the suite that every connector runs against the fake of its remote, over HTTP.
//
// It owns what connectors promise to the rest of Kefu (package connector), as checks that can fail: Run makes a new remote and a new
// connector for each of them. It owns the dependencies that a connector needs to be run alone as well (Deps). It may import testing,
// the nouns, connector and ground; the fakes come in by the Harness, so that the suite knows no channel.
//
// Invariants: a check is left out only when AbilitiesOf says that the connector has not got what it looks at; whatever a check was
// about, no error and no log line of it may hold a secret. The package's own tests break a small connector on purpose, one sin at a
// time, and see the check that is there for it fail.
//
// Concurrency: Run is for one test's goroutine. What Deps gives is safe for concurrent use, as in the real program.
package connectortest
