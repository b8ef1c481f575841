// Package alert tells the operator what is wrong, and when it is well again (contracts: webhooks).
//
// It owns the watcher, which looks at what waits and at the connections, and the reading and forgetting of alerts. It does not own those of
// endpoints that fail or were disabled: whoever finds that out raises and clears them in the same transaction. It may import the store, the
// bus, the contract of connectors, the nouns and ground.
//
// Invariants: of one kind and subject one alert is open at a time; raising and clearing are events, in the transaction of the change; an
// alert is cleared only when it was well at two looks in a row; what is well costs two reads of what waits and one of what is open, and
// writes nothing. Of several nodes each looks, and one at a time changes anything, by a lease.
//
// Alerts is safe for concurrent use. A Watcher is one goroutine's.
package alert
