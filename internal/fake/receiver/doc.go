// Package receiver is the program of a customer who receives webhooks: a real HTTP or HTTPS server that checks every signature, answers as
// it is told to, and does the work of each event once, however often it comes.
//
// It owns the check of a request, the ledger of what came, the consumer that tells repeated events by their id (source 004), and the faults
// that a receiver on the Internet has. It keeps its own wire types on purpose, so that a mistake in Kefu is not repeated here. It may import
// the standard library and websig, and never testing.
//
// Invariants: a request stands in the ledger before it is answered; an event is taken (Unique, Options.Take) once for its webhook-id, and
// only when its signatures fit and it is answered 2xx, or when a fault says that the work is done before it strikes. A request whose
// signatures do not fit is answered 401. What is kept is bounded (Options).
//
// Concurrency: every exported method may be called from any goroutine. One mutex guards the ledger, for short and never across I/O. Values
// returned are copies, but for headers, bodies and data, which nobody changes. Close ends listener, connections and goroutines.
package receiver
