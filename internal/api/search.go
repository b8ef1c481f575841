package api

import (
	"context"

	"kefu"
	"kefu/internal/switchboard"
)

func (s *server) searchRoutes() []operation {
	return under("Search",
		list("/search", "search:read", "search", "Find conversations, messages, contacts, tickets and articles", s.search).
			about("Finds words, the newest first. Chinese, Japanese and Korean are found by any part of two characters, or one; Traditional and "+
				"Simplified Chinese find each other, and so do the forms of an English word. What stands in the query is never a command. When "+
				"nothing has all of the words, what has some of them comes on one page, with a score, the best first. Each type takes its own scope "+
				"as well, such as messages:read: without types, those that the caller may read are looked through. A page may be short and have a next one."),
	)
}

type searchInput struct {
	Paging

	Q            string   `query:"q" required:"true" maxLength:"200" example:"退貨" doc:"The words, with at least one letter or digit."`
	Types        []string `query:"types" maxItems:"10" example:"messages,tickets" doc:"Only these, separated by commas: conversations, messages, contacts, tickets, articles."`
	Inbox        string   `query:"inbox" maxLength:"200" doc:"Only what came by this inbox."`
	Conversation string   `query:"conversation" maxLength:"200" doc:"Only this conversation."`
}

func (s *server) search(ctx context.Context, in *searchInput) (switchboard.List[switchboard.SearchHit], error) {
	q := switchboard.SearchQuery{Text: in.Q, Paging: in.page(), InboxID: kefu.InboxID(in.Inbox), ConversationID: kefu.ConversationID(in.Conversation)}
	for _, t := range in.Types {
		q.Types = append(q.Types, switchboard.SearchType(t))
	}
	return s.Board.Search(ctx, caller(ctx), q)
}
