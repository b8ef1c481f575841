package e2e

import (
	"slices"
	"strings"

	"kefu/client"
)

// driveKnowledge writes an article in two languages, finds it, asks the bot, and takes it away again.
func (r *rig) driveKnowledge(c *client.Client) {
	shelf := must[*client.Collection](r)(c.Collections.Create(r.ctx, client.NewCollection{Name: "訂單", Position: 2}))
	must[*client.Collection](r)(c.Collections.Create(r.ctx, client.NewCollection{Name: "Accounts", Position: 1}))
	_, err := c.Collections.Create(r.ctx, client.NewCollection{Name: "訂單"})
	r.want("a collection that is there", client.IsConflict, err)
	must[*client.Collection](r)(c.Collections.Update(r.ctx, shelf.ID, client.CollectionChange{Description: client.Set("退貨、運費")}, client.IfMatch(shelf.ETag)))
	if got := must[*client.Collection](r)(c.Collections.Get(r.ctx, shelf.ID)); got.Description != "退貨、運費" || got.ETag == shelf.ETag {
		r.t.Errorf("collection is %+v", got)
	}
	if all := must[[]client.Collection](r)(client.Collect(c.Collections.List(r.ctx), 0)); len(all) != 2 || all[1].ID != shelf.ID {
		r.t.Errorf("collections are %+v", all)
	}
	article := r.publish(c, shelf.ID)
	r.find(c, article)
	r.done(c.Articles.Delete(r.ctx, article.ID))
	_, err = c.Articles.Get(r.ctx, article.ID)
	r.want("an article that was deleted", client.IsNotFound, err)
	r.done(c.Collections.Delete(r.ctx, shelf.ID))
	_, err = c.Collections.Get(r.ctx, shelf.ID)
	r.want("a collection that was deleted", client.IsNotFound, err)
}

// publish writes an article and its translation, which stays a draft.
func (r *rig) publish(c *client.Client, collection string) *client.Article {
	r.t.Helper()
	a := must[*client.Article](r)(c.Articles.Create(r.ctx, client.NewArticle{Key: "refund", CollectionID: collection, Locale: "zh-TW", Title: "如何退貨",
		Body: "# 退貨\n七天內可以退貨，運費由本店負擔。", Keywords: []string{"退款"}, URL: "https://shop.example/refund"}))
	must[*client.Article](r)(c.Articles.Create(r.ctx, client.NewArticle{Key: "refund", Locale: "en", Title: "Refunds", Body: "Within seven days."}))
	_, err := c.Articles.Create(r.ctx, client.NewArticle{Key: "refund", Locale: "en", Title: "Refunds again"})
	r.want("a translation that is there", client.IsConflict, err)
	shown := must[*client.Article](r)(c.Articles.Update(r.ctx, a.ID, client.ArticleChange{Title: client.Set("怎麼退貨"), Published: client.Set(true)}, client.IfMatch(a.ETag)))
	_, err = c.Articles.Update(r.ctx, a.ID, client.ArticleChange{URL: client.Null[string]()}, client.IfMatch(a.ETag))
	r.want("a lost race", client.IsChanged, err)
	published, draft := true, false
	for want, f := range map[string]client.ArticleFilter{
		"怎麼退貨": {Locale: "zh-TW", CollectionID: collection, Key: "refund", Published: &published}, "Refunds": {Key: "refund", Published: &draft},
	} {
		list := must[[]client.Article](r)(client.Collect(c.Articles.List(r.ctx, f), 0))
		if len(list) != 1 || list[0].Title != want {
			r.t.Errorf("for %s there are %+v", want, list)
		}
	}
	return shown
}

// find asks for an article in other characters than it is written in.
func (r *rig) find(c *client.Client, a *client.Article) {
	r.t.Helper()
	hits := must[[]client.ArticleHit](r)(client.Collect(c.Articles.Search(r.ctx, client.ArticleQuery{Text: "请问怎么退货？", Locale: "zh-TW", Limit: 3}), 0))
	if len(hits) != 1 || hits[0].ID != a.ID || hits[0].Score <= 0 || len(hits[0].Marks) == 0 || !strings.Contains(hits[0].Excerpt, "退貨") {
		r.t.Errorf("found %+v", hits)
	}
	_, err := client.Collect(c.Articles.Search(r.ctx, client.ArticleQuery{Text: "？"}), 0)
	r.want("no words at all", client.IsInvalid, err)
	said := must[*client.Answer](r)(c.Bot.Answer(r.ctx, client.Question{Question: "請問我要怎麼退貨？", Locale: "zh-TW"}))
	if said.Handoff || said.Source != "excerpts" || said.Confidence <= 0 || !slices.Contains(said.Cited, a.ID) || !strings.Contains(said.Text, "七天") ||
		len(said.Articles) != 1 || said.Articles[0].URL != a.URL {
		r.t.Errorf("the bot says %+v", said)
	}
	if said = must[*client.Answer](r)(c.Bot.Answer(r.ctx, client.Question{Question: "轉真人客服"})); !said.Handoff || said.Reason != "asked_for_person" || said.Text != "" {
		r.t.Errorf("to who wants a person the bot says %+v", said)
	}
}
