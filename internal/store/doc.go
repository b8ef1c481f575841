// Package store is the only place with SQL: one file per table group, one text for both engines.
//
// It imports the nouns and sqldb. Every statement hangs on Tx, so none can run outside a transaction; what must happen together is
// written together by the caller inside one Update. Statements are constants, so that a test can prepare each of them on both engines
// and look for those that read a whole table: a statement that is to use a partial index repeats the index's condition ("fingerprint <>
// ”"), because no planner derives it from an argument.
//
// Invariants: order is conversation.last_seq and last_ord, given out under the conversation's row lock (LockConversation), never an id
// or a time. A delivery is ready when it is the head of its line; whoever makes a delivery final promotes the next one under the same
// lock. Events get their positions from the relay alone. Functions given to Update may run more than once and touch only what they reset.
package store
