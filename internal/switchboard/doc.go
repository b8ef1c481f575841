// Package switchboard holds the rules: what happens when something is received, answered, closed, claimed or compared.
//
// It is split by verb. Each verb is one transaction on the store: the change, its event, and the deliveries that carry it, together or
// not at all; then it signals. It imports the nouns, the store, the connector contract, the bus and the vault, and knows no channel by
// name: what it needs to know of an inbox stands in Inbox. It does no outside I/O inside a transaction.
//
// Invariants: whoever takes a place in a conversation holds its row lock; a message is never delivered to the link it came in by; the
// text of a desk that does not own the talk is a note; a key that was seen is answered with what it led to. All methods are safe for
// concurrent use and on several nodes at once.
package switchboard
