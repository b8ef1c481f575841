// Package safehttp makes the HTTP clients through which Kefu talks to the outside.
//
// It owns the limits of every outgoing request, the check of the address it goes to, and the answer to the question that a retry hangs
// on: could the remote have seen it? It knows nothing of who is called or why. It imports the standard library and code.dny.dev/ssrf.
//
// Invariants, of both kinds of client: one total time, from the dial to the last byte of the answer; an answer of at most MaxBody bytes
// after decompression and 64 KiB of headers; redirects are handed back and never followed; the environment's proxies are not used; TLS
// 1.2 or newer. A Guarded client besides connects to public addresses only. That is looked at when the socket is made, after every
// name was resolved, so that no name can change its mind in between. Errors name the host and never the path or the query, which may
// hold credentials.
//
// A Transport is what a Guarded client sends with, without the total time: that is its caller's, by the request's context. CheckAddr is the
// check of addresses by itself.
//
// Clients are safe for concurrent use and meant to be kept; CloseIdleConnections ends what they hold.
package safehttp
