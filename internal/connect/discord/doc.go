// Package discord is Discord as a desk: one channel for each conversation, in which staff read, answer, claim and close.
//
// It owns how a conversation looks in Discord (cards, posts, marks, notices), how channels and categories are made and given up, what
// staff may press and type, and how what they write is taken in. It translates and nothing else: it imports the nouns, the connector
// contract, card and ground, never the store, the rules or another connector. Discord's wire is kefu/internal/discord, api here.
//
// Invariants: a post carries its place in the conversation ("#12 · 1/2") in its footer, so that a post whose answer was lost is found
// by reading, also long after Discord has forgotten its nonce; customers' text pings nobody and shows as it was written; state is in
// no channel's name and in no memory that a restart could lose: what a button needs is in its custom id, and what a channel is, in its
// topic and in the Directory. Events of one channel are taken in one after the other (lanes), and the first of them after a lost
// session only once the channel has been read from its cursor, so that nothing is out of order and nothing is missed.
//
// Concurrency: a Connector is safe for concurrent use on different threads. Listen owns every goroutine it starts and returns after
// they have ended; nothing else starts any.
package discord
