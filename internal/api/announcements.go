package api

import (
	"context"

	"kefu/internal/switchboard"
)

func (s *server) announcementRoutes() []operation {
	return under("Announcements",
		list("/announcements", "announcements:read", "listAnnouncements", "List announcements", s.listAnnouncements),
		post("/announcements", "announcements:write", "createAnnouncement", "Announce something to the community", s.createAnnouncement).
			about("Posts once in each inbox that has a place for announcements (community.announcement_channel of a Discord inbox)."),
		get("/announcements/{id}", "announcements:read", "getAnnouncement", "Read an announcement", s.getAnnouncement),
	)
}

type announcementCreate struct{ Body switchboard.NewAnnouncement }

func (s *server) listAnnouncements(ctx context.Context, in *Paging) (switchboard.List[switchboard.Announcement], error) {
	return s.Board.Announcements(ctx, caller(ctx), in.page())
}

func (s *server) createAnnouncement(ctx context.Context, in *announcementCreate) (switchboard.Announcement, error) {
	return s.Board.Announce(ctx, ask(ctx), in.Body)
}

func (s *server) getAnnouncement(ctx context.Context, in *ByID) (switchboard.Announcement, error) {
	return s.Board.Announcement(ctx, caller(ctx), in.ID)
}
