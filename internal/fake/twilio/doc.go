// Package twilio is a Twilio that runs anywhere: a real HTTP server which keeps one account in memory and answers the calls of
// Conversations v1, Flex Interactions, media, TaskRouter and accounts that a helpdesk makes, and sends signed webhooks. Tests, the demo
// and people at a keyboard use the same server.
//
// It owns: the account's state, the wire format, the rules (closed is final, unique names, who is in twice, attributes are JSON, addresses
// of media die), the faults that can be switched on, and the record of what was asked. It keeps its own wire types and its own signature
// on purpose, so that a mistake in Kefu's client is not repeated here. Where Twilio's own code of a refusal is not known, the general one
// of its status stands (20001, 20404, 20409).
//
// It may import the standard library, nothing of Kefu, and never testing. The judge against the official OpenAPI documents is in judge.
//
// Invariants: what is answered has already happened; an index of a message is never given twice; webhooks go out in the order of the
// changes unless a fault says otherwise; what belongs to products that Twilio has ended is refused and is a violation.
//
// Concurrency: every exported method may be called from any goroutine. One mutex guards the state and is held for short, never across
// I/O. Values returned are copies. Close ends every goroutine of the server.
package twilio
