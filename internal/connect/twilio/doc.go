// Package twilio connects Twilio: Flex as a desk, whose agents answer in a conversation of Twilio's for each link, and Conversations as a
// channel, in which customers write by SMS or WhatsApp (contract: twilio).
//
// It owns the settings, the signed hooks, what a desk conversation is made of, what is written there and how, and what each failure of
// Twilio means. It may import the nouns, connector, card, secret and the client of the ground; it knows no store, no rules and no other
// connector. Files by side: flex*.go the desk, customer*.go, optout*.go and studio*.go the channel, probe*.go doctor.
//
// Invariants: a hook is believed by its signature alone, which is over our public address and never over the Host header; a hook says where
// to look and no more, what happened is read. What we sent is known again by our ids in its attributes, never by an author's name. A create
// that may have had its effect is looked for before it is made again, so that no agent is asked twice. Twilio's closed is final: a thread
// that is closed there is gone. Credentials appear in no error and no log line; nothing goes to what Twilio has ended.
//
// A Connector is safe for concurrent use, but for calls on one thread, which never overlap. Its memory is a bounded cache behind a mutex
// that is never held across I/O. It has no goroutines.
package twilio
