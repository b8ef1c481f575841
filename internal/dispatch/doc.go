// Package dispatch moves what is stored: it claims deliveries and sends them through connectors, places events, compares threads with
// their source of truth, and keeps connections that are held.
//
// It imports the rules, the store, the connector contract and the bus. Work lives in the database; what is in memory here is what is in
// flight and what has to be paused. One loop per process claims and records: it records the results of finished attempts and claims the
// next heads of lines in one transaction, so that the commit of one message's result is the claim of the next. Each claimed delivery is
// carried out by its own goroutine, at most a cap of them for an inbox.
//
// Invariants: a claim is committed before anything is sent, so that after a crash nobody sends again without looking; the head of a line
// holds back what follows until it is final; a wait that the remote asked for never counts as a try; waits in the process are monotonic,
// and a due time further away than the longest wait counts as due.
package dispatch
