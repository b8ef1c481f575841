// Package webhook is the rules of outgoing webhooks (contracts: webhooks): who is told what, how it is written and signed, what an answer
// means, when it is tried again, and when an endpoint is given up.
//
// It owns endpoints and their secrets, the catalogue of event types, the body of a request, one attempt (Poster), the schedules, the
// policy of health, the log of deliveries, retries, replays and tests. It does not own when what is due is sent: that is the courier's.
// It may import the store, the bus, the vault, the nouns and ground.
//
// Invariants: a delivery is made in the commit that gives its event its position, or in the commit of the retry or replay that somebody
// asked for; a secret is sealed wherever it is stored, is shown once, and stands in no error, log or list; a request goes to the host
// that was saved and to no other; the bytes of a body are the same on every attempt.
//
// Everything here is safe for concurrent use.
package webhook
