// Package kefu holds the nouns of Kefu: plain types, their status words, validation and typed errors.
//
// It owns what a conversation, message, contact, ticket, link, event, delivery and order are, and nothing of how they are stored,
// sent or shown. It imports only the standard library, so that every other package can import it. All functions are pure and safe
// for concurrent use; values are plain data and belong to whoever holds them.
package kefu
