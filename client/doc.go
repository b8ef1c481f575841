// Package client is a Go client of Kefu's open API: REST under /api/v1 and the WebSocket at /ws.
//
// It imports the standard library and one WebSocket library, and nothing of Kefu, so that whoever imports it gets a small client only.
//
//	c, err := client.New("http://127.0.0.1:8000", client.WithKey(os.Getenv("API_KEY")))
//	for conv, err := range c.Conversations.List(ctx, client.ConversationFilter{Status: "open"}) { … }
//
// Every call takes a context and ends with it. A refusal is an *Error with the server's words, its code and every fault; IsNotFound and its
// like ask for the usual ones. A call is tried again, a few times and no longer than a minute, when the server is busy or cannot be reached;
// nothing happens twice by that, because each POST carries an Idempotency-Key.
//
// Listen opens a Stream: what happens, in order, from a position on. It comes back after every cut, misses nothing and shows nothing twice.
//
// A Client, its services and a Stream are safe for concurrent use. A Client has no goroutine of its own, except for the moment in which it
// fetches a token; a Stream has some until Close.
package client
