// Package chatwoot connects an inbox of a Chatwoot server, as a desk or as a channel (contract: chatwoot).
//
// As a desk each conversation is mirrored into an inbox of Chatwoot's API channel: the customer writes there as a contact, everybody else
// as a private note, and what agents answer goes to the customer. As a channel the customers of any of Chatwoot's inboxes are the
// customers, and answers go out through Chatwoot. Which of the two a thread is says its link; a conversation that Kefu made carries a link
// attribute, from which an empty store is filled again.
//
// It owns the wire format of hooks, the names of threads and messages, the words that Kefu writes into Chatwoot, and what each failure of
// Chatwoot means. It may import the nouns, connector, card, secret, safehttp and the public package chatwoot; it knows no store, no rules and no
// other connector.
//
// Invariants: a hook only says where to look, because Chatwoot sends each one once and in any order; what happened is read from Chatwoot.
// The conversation is read before its messages, so that an end never overtakes a message. A message of ours is known by the delivery's
// name in it, never by its author. A thread's name holds the time at which its conversation was made, and is compared before the first use
// and after every doubt: a Chatwoot that was installed anew gives old numbers to other people. Tokens appear in no error and no log line.
//
// A Connector is safe for concurrent use on different threads. What it remembers is a cache, bounded, behind a mutex that is not held
// while Chatwoot is asked. It has no goroutines.
package chatwoot
