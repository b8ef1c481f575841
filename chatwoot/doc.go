// Package chatwoot is a client of Chatwoot's application API: conversations, messages, cards and forms, contacts, webhooks and agent bots.
//
//	c, err := chatwoot.New("https://chat.example.com", token, 1)
//	sent, err := c.SendMessage(ctx, 42, chatwoot.Message{Content: "hello"})
//
// It imports the standard library only, and stands alone. Every call takes a context first and sends one request; the calls that send more
// say so. Nothing is tried again inside: an *Error says how long to wait, and the caller knows what may be sent twice. Answers are read up
// to 10 MiB. The token is shown to the server in a header, never follows a redirect, and is in no error and no printed value.
//
// Chatwoot's API has traps, and the package knows them: labels are replaced and not added (AddLabels), an unknown assignee is no error to
// the server but takes the conversation from whoever had it (Assign), a message type is a number here and a word in a hook (MessageType).
//
// Hooks are checked with VerifySignature and read with ParseEvent.
//
// A Client never changes after New and may be used from any goroutine.
package chatwoot
