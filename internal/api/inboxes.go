package api

import (
	"context"

	"kefu"
	"kefu/internal/switchboard"
)

func (s *server) inboxRoutes() []operation {
	return under("Inboxes",
		list("/inboxes", "inboxes:read", "listInboxes", "List inboxes", s.listInboxes),
		post("/inboxes", "inboxes:write", "createInbox", "Create an inbox", s.createInbox).
			about("The settings are checked by the channel; /channels tells what each needs. Secrets are kept sealed."),
		get("/inboxes/{id}", "inboxes:read", "getInbox", "Read an inbox", s.getInbox),
		put("/inboxes/{id}", "inboxes:write", "updateInbox", "Change an inbox", s.updateInbox).
			about("One that was made in the configuration file is changed there."),
		del("/inboxes/{id}", "inboxes:write", "deleteInbox", "Delete an inbox", s.deleteInbox).
			about("Its conversations stay. While one of them is not closed it is a conflict."),
		list("/channels", "inboxes:read", "listChannels", "List the kinds of inbox there are", s.listChannels),
	)
}

type inboxCreate struct{ Body switchboard.InboxChange }

type inboxUpdate struct {
	ByID

	Body switchboard.InboxChange
}

type inboxList struct {
	Paging

	Channel string `query:"channel" maxLength:"100" doc:"Only inboxes of this kind."`
}

func (s *server) listInboxes(ctx context.Context, in *inboxList) (switchboard.List[switchboard.InboxView], error) {
	return s.Board.InboxViews(ctx, caller(ctx), in.Channel, in.page())
}

func (s *server) createInbox(ctx context.Context, in *inboxCreate) (switchboard.InboxView, error) {
	return s.Board.CreateInbox(ctx, ask(ctx), in.Body)
}

func (s *server) getInbox(ctx context.Context, in *ByID) (switchboard.InboxView, error) {
	return s.Board.InboxView(ctx, caller(ctx), kefu.InboxID(in.ID))
}

func (s *server) updateInbox(ctx context.Context, in *inboxUpdate) (switchboard.InboxView, error) {
	return s.Board.UpdateInbox(ctx, ask(ctx), kefu.InboxID(in.ID), in.Body)
}

func (s *server) deleteInbox(ctx context.Context, in *ByID) error {
	return s.Board.DeleteInbox(ctx, ask(ctx), kefu.InboxID(in.ID))
}

func (s *server) listChannels(context.Context, *struct{}) (switchboard.List[switchboard.Channel], error) {
	return s.Board.Channels(), nil
}
