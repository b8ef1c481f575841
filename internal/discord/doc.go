// Package discord is a client of Discord's API version 10: its wire types, REST calls, rate limits and gateway session.
//
// It is ground: it knows nothing of conversations or deliveries, and imports the standard library, coder/websocket and x/time/rate only.
//
// Client makes one HTTP request per call. It never retries and never sleeps for long: a call whose limit opens within 250 ms waits for
// it, any other call comes back at once with a *RateLimitedError, unsent, so that the caller's queue decides when to try again. Every
// other failure is an *APIError, and its Sent field says whether the request may have taken effect all the same.
//
// Session holds one gateway connection. What it hands to its Handler is in order and is handed over again, by way of a resume, if the
// Handler refuses it; a slow Handler holds up neither heartbeats nor their acknowledgements.
//
// Invariants: the token and interaction tokens appear in no error and no log line; AllowedMentions pings nobody unless told to; every
// call ends when its context does; bodies, maps and queues are bounded.
//
// A Client is safe for concurrent use. A Session runs once at a time; its Status may be asked from anywhere. The text helpers are pure.
package discord
