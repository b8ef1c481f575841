// Package courier sends the webhooks that are due.
//
// It owns when and in what order: which endpoint is next, how many may be on their way to each, when one that fails is only probed, and the
// recording of results. What a request looks like, what an answer means and when the next attempt follows is package webhook's. It may
// import the rules of webhooks, the store, the bus, the nouns and ground.
//
// How it works. The table says what is due; a delivery stays queued there until its result is recorded. One node holds the lease and keeps
// in memory what it has taken, so that taking costs no commit. One loop records results and reads what is due next, one after the other, so
// that nothing is read as due that was sent before; senders take from the lines in turn, each line at most as many as its endpoint
// may have in flight.
//
// Invariants: nothing is only in memory that is not queued in the table; an attempt never begins before it is due; a delivery has one
// attempt at a time; an attempt and what it makes of its delivery and its endpoint are one commit; everything is bounded: places, lines,
// bytes read ahead, results that wait. After a kill what was on its way is sent again, with the same webhook-id.
//
// Run is called once. The other methods are safe for concurrent use.
package courier
