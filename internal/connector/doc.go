// Package connector is the contract between Kefu and the code that translates for one channel.
//
// It owns the interfaces a connector meets, the values that cross them, and the classes of a failed send. It imports the nouns only.
// A connector translates and nothing else: it never sees the store or the rules. What it takes in it emits, and it acknowledges
// upstream only after emit returned nil, which happens after the commit. What it sends comes from a stored delivery, so that a
// connector needs no queue of its own.
//
// Invariants that the conformance suite (internal/connectortest) holds: a send that was interrupted is looked for before it is made
// again; an error says whether the remote may have taken the message; an echo of our own is recognised by what we sent, never by an
// author's name; secrets appear in no error and no log line. Values are safe for concurrent use only as their fields are; a Connector
// must be safe for concurrent calls on different threads. Calls on one thread never overlap, except Mark and Receive.
package connector
