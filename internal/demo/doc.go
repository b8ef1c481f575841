// Package demo is `kefu demo`: a show of the real program between a simulated WordPress and a simulated Discord, with no account and no
// configuration anywhere.
//
// It owns the story that is played, what is shown of it, and the judgement at its end. It may import app, config and the channels as
// main does, and is the one production package that may import the fakes (docs/decisions/0011); only cmd/kefu imports it.
//
// Invariants: the program that runs is the one that `kefu serve` runs, over real sockets and from a configuration that config.Parse has
// read; what the timeline shows went over the wire (a tap stands on every edge), and what the table says is counted in the fakes'
// ledgers; no wait is without a deadline; nothing is left behind, neither a file nor a goroutine.
//
// Concurrency: Run blocks until the show is over. Inside, one goroutine plays; taps write to the timeline from the goroutines of their
// servers, and the timeline prints in the order in which calls began.
package demo
