// Package program is the channel `api`: customers who write through the organisation's own program, which uses Kefu's API. There is nothing
// outside to carry a message to; the program reads by REST, WebSocket or webhook what was stored.
//
// It may use connector and the root package. It holds no state.
package program
