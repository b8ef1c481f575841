// Package stream is the WebSocket door, GET /ws: what happens is pushed to those who may see it, and they write back over the same line.
//
// It owns the frames, the connections and their limits, and the presence of agents that follows from connections. It imports the rules
// (switchboard, auth), the bus and the ground below; it sees neither the store nor the other doors. What a frame asks for goes through the
// verbs that REST uses.
//
// A Hub has one reader for the whole node: it follows the placed events in runs, decides in Go who may see each (no SQL for each
// connection), makes each frame once for each kind of audience and puts it into the queues of connections.
//
// Invariants:
//   - A connection is live at a position: it has been handed every event up to there that it may see, once and in order. It joins the live
//     ones only at or beyond the hub's own position, and skips what it has had; until then it reads pages from the store by itself.
//   - The rights of a connection are read after it was registered, and again when the fact that they changed is met on its way, before
//     anything that happened later. What is read twice is read in the order in which it is kept.
//   - A new connection waits a moment for its client to subscribe from a position, and goes live at its first other frame or when that moment
//     is over. A client that subscribes later is sent everything from its position on, whatever came before; the answer to a subscribe frame
//     that has an id is where that begins.
//   - Queues are bounded. Who reads too slowly is closed with 4008 and comes back with the position it has.
//   - An idle connection has one goroutine, which reads, and no timer: one sweep looks at all of them. A second one writes while there is
//     something to write.
//   - Tokens are never logged.
//
// A Hub is safe for concurrent use. Handler serves while Run runs; when Run's context ends, every connection is closed with 1012.
package stream
