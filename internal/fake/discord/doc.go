// Package discord is a Discord that runs anywhere: a real HTTP and WebSocket
// server which keeps one guild in memory and answers bots the way Discord's
// REST API (v9 and v10 paths) and gateway do, errors and limits included.
// Tests, the demo and people at a keyboard use the same server.
//
// It owns: the guild's state, the wire format, the limits, the faults that can
// be switched on, and the record of what the bot did. It keeps its own wire
// types on purpose, so that a mistake in Kefu's client is not repeated here.
//
// It may import the standard library and coder/websocket, nothing of Kefu, and
// never testing. The judge against the official OpenAPI document is in judge.
//
// Invariants: ids only grow; an event is queued to every session in the order
// of the changes; what is answered to the bot has already happened; Ledger
// never forgets a message that the bot made.
//
// Concurrency: every exported method may be called from any goroutine. One
// mutex guards the state and is held for short, never across I/O. Values
// returned are copies. Close ends every goroutine and socket of the server.
package discord
