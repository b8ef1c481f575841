// Package wordpress is a shop's WordPress that runs anywhere: a real HTTP server with the dragonshop ticket routes (ticket/update,
// ticket/close, ticket/get, ticket/channel_name, order/details), application passwords and WordPress's own errors, and with the
// customer's side, whose tickets, messages and closings are kept in the site and pushed to Kefu's hooks. Tests, the demo and people at
// a keyboard use the same server.
//
// It owns the site's tickets, the wire format, the faults that can be switched on, and the ledger of what was accepted. It keeps its own
// wire types on purpose, so that a mistake in Kefu's connector is not repeated here. It may import the standard library and websig, and
// never testing.
//
// Invariants: what is answered 2xx is in the ledger, in the order in which it was accepted; a fault "before" leaves no trace in the
// site, a fault "after" has the whole effect; a hook is pushed after the site has stored what it tells.
//
// Concurrency: every exported method may be called from any goroutine. One mutex guards the site and is held for short, never across
// I/O. Values returned are copies. Close ends listener, pushes and goroutines. The ledger and the requests are bounded (Options).
package wordpress
