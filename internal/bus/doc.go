// Package bus carries "look now" signals inside one process.
//
// It owns nothing that anybody needs to keep: every signal may be lost, and losing it costs latency only, because whoever waits for one
// also looks by the clock. It imports the standard library. Signalling never blocks; many signals before a look are one.
package bus
