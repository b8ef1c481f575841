package api

import (
	"context"

	"kefu"
	"kefu/internal/switchboard"
)

func (s *server) messageRoutes() []operation {
	return under("Messages",
		post("/messages", "messages:write", "sendMessage", "Send a message", s.sendMessage).
			about("An agent's text goes to the customer, and is kept as a note, with the reason in unrouted, while another desk owns the talk. A contact's "+
				"text opens a conversation that was closed in the last 7 days; later, and without conversation_id when none is open, it begins a new "+
				"one, whose id the answer has. Into a closed conversation staff and programs write notes only (409)."),
		get("/messages/{id}", "messages:read", "getMessage", "Read a message", s.getMessage),
		put("/messages/{id}", "messages:write", "updateMessage", "Edit a message", s.updateMessage).
			about("Where the message went, it is changed if that place can; the old text is kept for audit."),
		del("/messages/{id}", "messages:write", "recallMessage", "Recall a message", s.recallMessage).
			about("Its text is emptied, here and wherever that can be done; the old text is kept for audit."),
		act("/messages/{id}/retry", "messages:write", "retryMessage", "Send a message again", s.retryMessage).
			about("Wherever it failed or is uncertain, after what is waiting there. 409 when there is nothing to send again."),
	)
}

type messageSend struct{ Body switchboard.NewMessage }

type messageUpdate struct {
	ByID

	Body switchboard.MessageChange
}

func (s *server) sendMessage(ctx context.Context, in *messageSend) (switchboard.Message, error) {
	return s.Board.Send(ctx, ask(ctx), in.Body)
}

func (s *server) getMessage(ctx context.Context, in *ByID) (switchboard.Message, error) {
	return s.Board.Message(ctx, caller(ctx), kefu.MessageID(in.ID))
}

func (s *server) updateMessage(ctx context.Context, in *messageUpdate) (switchboard.Message, error) {
	return s.Board.EditMessage(ctx, ask(ctx), kefu.MessageID(in.ID), in.Body)
}

func (s *server) recallMessage(ctx context.Context, in *ByID) error {
	_, err := s.Board.RecallMessage(ctx, ask(ctx), kefu.MessageID(in.ID))
	return err
}

func (s *server) retryMessage(ctx context.Context, in *ByID) (switchboard.Message, error) {
	return s.Board.RetryMessage(ctx, ask(ctx), kefu.MessageID(in.ID))
}
