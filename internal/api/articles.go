package api

import (
	"context"

	"kefu"
	"kefu/internal/knowledge"
	"kefu/internal/switchboard"
)

// articleRoutes are the knowledge base: articles, collections, and what the bot would answer from them.
func (s *server) articleRoutes() []operation {
	return under("Knowledge",
		list("/articles", "articles:read", "listArticles", "List articles", s.listArticles).
			about("Oldest first. Who may not write articles sees published ones only."),
		post("/articles", "articles:write", "createArticle", "Create an article", s.createArticle),
		list("/articles/search", "articles:read", "searchArticles", "Find the articles that answer a question", s.searchArticles).
			about("The best first, as many as limit says, from 1 to 50. The words around a question do not count; Traditional and Simplified Chinese find "+
				"each other, and so do the forms of an English word. Articles with the same key come once: in the locale, if there is a translation. Who may "+
				"not write articles is shown published ones only."),
		get("/articles/{id}", "articles:read", "getArticle", "Read an article", s.getArticle).
			about("Its entity tag does not change when somebody says that it helped."),
		put("/articles/{id}", "articles:write", "updateArticle", "Change an article", s.updateArticle),
		del("/articles/{id}", "articles:write", "deleteArticle", "Delete an article", s.deleteArticle),
		list("/collections", "articles:read", "listCollections", "List collections", s.listCollections).about("In the order of their positions."),
		post("/collections", "articles:write", "createCollection", "Create a collection", s.createCollection),
		get("/collections/{id}", "articles:read", "getCollection", "Read a collection", s.getCollection),
		put("/collections/{id}", "articles:write", "updateCollection", "Change a collection", s.updateCollection),
		del("/collections/{id}", "articles:write", "deleteCollection", "Delete a collection", s.deleteCollection).
			about("Its articles stay, in no collection."),
		act("/bot/answer", "bot:read", "answer", "Ask what the bot would answer", s.answer).
			about("From published articles. Nobody is told, and no conversation is changed."),
	)
}

type articleList struct {
	Paging

	Locale     string `query:"locale" enum:"zh-TW,zh-CN,en" doc:"Only articles in this language."`
	Collection string `query:"collection" maxLength:"200" doc:"Only articles of this collection."`
	Key        string `query:"key" maxLength:"300" doc:"Only the translations with this key."`
	Published  string `query:"published" enum:"true,false" doc:"Only what is published, or what is not."`
}

type articleSearch struct {
	Q      string `query:"q" required:"true" maxLength:"2000" example:"怎麼退貨" doc:"The question, or some words, with at least one letter or digit."`
	Locale string `query:"locale" enum:"zh-TW,zh-CN,en" doc:"The language that comes first."`
	Limit  int    `query:"limit" minimum:"1" maximum:"50" default:"10" doc:"How many articles at most."`
}

type articleCreate struct{ Body knowledge.ArticleChange }

type articleUpdate struct {
	ByID
	Body knowledge.ArticleChange
}

type collectionCreate struct{ Body knowledge.CollectionChange }

type collectionUpdate struct {
	ByID
	Body knowledge.CollectionChange
}

type botQuestion struct{ Body knowledge.Question }

func (s *server) listArticles(ctx context.Context, in *articleList) (switchboard.List[knowledge.Article], error) {
	q := knowledge.ArticleQuery{Locale: kefu.Locale(in.Locale), CollectionID: kefu.CollectionID(in.Collection), Key: in.Key}
	if in.Published != "" {
		q.Published = kefu.Some(in.Published == "true")
	}
	return s.Knowledge.Articles(ctx, caller(ctx), q, in.page())
}

func (s *server) createArticle(ctx context.Context, in *articleCreate) (knowledge.Article, error) {
	return s.Knowledge.CreateArticle(ctx, ask(ctx), in.Body)
}

func (s *server) searchArticles(ctx context.Context, in *articleSearch) (knowledge.Hits, error) {
	return s.Knowledge.Search(ctx, caller(ctx), knowledge.Query{Text: in.Q, Locale: kefu.Locale(in.Locale), Limit: in.Limit})
}

func (s *server) getArticle(ctx context.Context, in *ByID) (knowledge.Article, error) {
	return s.Knowledge.Article(ctx, caller(ctx), kefu.ArticleID(in.ID))
}

func (s *server) updateArticle(ctx context.Context, in *articleUpdate) (knowledge.Article, error) {
	return s.Knowledge.UpdateArticle(ctx, ask(ctx), kefu.ArticleID(in.ID), in.Body)
}

func (s *server) deleteArticle(ctx context.Context, in *ByID) error {
	return s.Knowledge.DeleteArticle(ctx, ask(ctx), kefu.ArticleID(in.ID))
}

func (s *server) listCollections(ctx context.Context, in *Paging) (switchboard.List[knowledge.Collection], error) {
	return s.Knowledge.Collections(ctx, caller(ctx), in.page())
}

func (s *server) createCollection(ctx context.Context, in *collectionCreate) (knowledge.Collection, error) {
	return s.Knowledge.CreateCollection(ctx, ask(ctx), in.Body)
}

func (s *server) getCollection(ctx context.Context, in *ByID) (knowledge.Collection, error) {
	return s.Knowledge.Collection(ctx, caller(ctx), kefu.CollectionID(in.ID))
}

func (s *server) updateCollection(ctx context.Context, in *collectionUpdate) (knowledge.Collection, error) {
	return s.Knowledge.UpdateCollection(ctx, ask(ctx), kefu.CollectionID(in.ID), in.Body)
}

func (s *server) deleteCollection(ctx context.Context, in *ByID) error {
	return s.Knowledge.DeleteCollection(ctx, ask(ctx), kefu.CollectionID(in.ID))
}

func (s *server) answer(ctx context.Context, in *botQuestion) (knowledge.Answer, error) {
	return s.Knowledge.Answer(ctx, ask(ctx), in.Body)
}
