package main

import (
	"encoding/json"
	"strings"

	"kefu"
	"kefu/internal/ident"
)

// The events of the bench: what a customer's message makes, and what only the endpoint is told that never answers.
const (
	hookType     = "message.received"
	hookTypeHung = "message.sent"
)

// hookData is the data of a message's event, as the rules store it, and about as long as it usually is.
func hookData() json.RawMessage {
	return json.RawMessage(`{"message_id":"msg_06c0000000000000000000000g","conversation_id":"cnv_06c0000000000000000000000g","seq":17,"content":"` +
		strings.TrimSpace(words+words) + `","content_type":"text","attachments":[],"sender":{"type":"contact","id":"con_06c0000000000000000000000g",` +
		`"name":"王小明"},"private":false,"created_at":"2026-01-01T10:00:00.123456Z"}`)
}

// hookEvent is a new event with these data.
func hookEvent(kind string, data json.RawMessage) kefu.Event {
	author := kefu.Author{Kind: kefu.AuthorContact, ID: "con_06c0000000000000000000000g", Name: "王小明"}
	return kefu.Event{ID: kefu.EventID(ident.New("evt")), Type: kind, ConversationID: "cnv_06c0000000000000000000000g", Actor: author, Data: data}
}
