package api

import (
	"context"
	"time"

	"kefu"
	"kefu/internal/switchboard"
)

func (s *server) ratingRoutes() []operation {
	return under("Ratings",
		list("/ratings", "conversations:read", "listRatings", "List what customers thought", s.listRatings).
			about("The newest first, as far as the caller may see the conversations. A customer is asked once a conversation that a person had "+
				"is closed, where the inbox asks, and can answer for seven days."),
	)
}

type ratingList struct {
	Paging

	AgentID string    `query:"agent_id" maxLength:"200" doc:"Only those of conversations that this agent had at the end."`
	TeamID  string    `query:"team_id" maxLength:"200" doc:"Only those of conversations that stood in this team's queue at the end."`
	InboxID string    `query:"inbox_id" maxLength:"200" doc:"Only those of this inbox."`
	Since   time.Time `query:"since" doc:"Only those given then or later."`
}

func (s *server) listRatings(ctx context.Context, in *ratingList) (switchboard.List[switchboard.Rating], error) {
	return s.Board.Ratings(ctx, caller(ctx), switchboard.RatingFilter{Agent: kefu.AgentID(in.AgentID), Team: kefu.TeamID(in.TeamID),
		Inbox: kefu.InboxID(in.InboxID), Since: in.Since}, in.page())
}
