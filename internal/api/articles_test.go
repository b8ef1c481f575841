package api_test

import (
	"net/http"
	"strings"
	"testing"

	"kefu"
	"kefu/internal/auth"
	"kefu/internal/storetest"
)

func articleSteps() []step {
	return []step{
		{op: "createCollection", body: `{"name":"訂單","position":2}`, headers: []string{"Idempotency-Key", "shelf"}, keep: "collection=id"},
		{op: "createCollection", body: `{"name":"Accounts","description":"x"}`, keep: "shelf=id"},
		{op: "listCollections", query: "limit=1", keep: "cursor=next_cursor"},
		{op: "listCollections", query: "limit=1&cursor={cursor}"},
		{op: "getCollection", path: "{collection}"},
		{op: "updateCollection", path: "{collection}", body: `{"description":"about orders"}`},
		{op: "createArticle", body: `{"locale":"zh-TW","title":"如何退貨","body":"# 退貨\n七天內可以退貨。","keywords":["退款"],"key":"refund","collection_id":"{collection}",` +
			`"url":"https://shop.example/refund","published":true}`, headers: []string{"Idempotency-Key", "article"}, keep: "article=id"},
		{op: "createArticle", body: `{"locale":"en","title":"Refunds"}`, keep: "draft=id"},
		{op: "listArticles", query: "limit=1", keep: "cursor=next_cursor"},
		{op: "listArticles", query: "limit=1&cursor={cursor}"},
		{op: "listArticles", query: "locale=zh-TW&collection={collection}&key=refund&published=true"},
		{op: "getArticle", path: "{article}"},
		{op: "updateArticle", path: "{article}", body: `{"keywords":null,"title":"怎麼退貨"}`},
		{op: "searchArticles", query: "q=%E9%80%80%E8%B4%A7&locale=zh-TW&limit=3"},
		{op: "answer", body: `{"question":"請問怎麼退貨？","locale":"zh-TW"}`},
		{op: "deleteArticle", path: "{draft}"},
		{op: "deleteCollection", path: "{shelf}"},
	}
}

func TestDraftsAreForWhoMayWriteArticles(t *testing.T) {
	t.Parallel()
	r := newRig(t, storetest.SQLite(t), withAdmin(t), func(n *names) {
		n.callers = map[string]kefu.Caller{"contact": {Kind: kefu.CallerContact, ID: "con_1", Scopes: auth.ContactScopes()}}
	})
	made := r.ask("POST", "/api/v1/articles", `{"locale":"zh-TW","title":"如何退貨","body":"七天內可以退貨。"}`)
	if made.status != http.StatusCreated {
		t.Fatalf("%d %s", made.status, made.raw)
	}
	one := "/api/v1/articles/" + made.member("id")
	contact := []string{"Authorization", "Bearer contact"}
	const none = `{"items":[]}`
	if got := r.ask("GET", one, "", contact...); got.status != http.StatusNotFound {
		t.Errorf("a draft: %d %s", got.status, got.raw)
	}
	for _, path := range []string{"/api/v1/articles", "/api/v1/articles?published=false", "/api/v1/articles/search?q=%E9%80%80%E8%B2%A8"} {
		if got := r.ask("GET", path, "", contact...); got.status != http.StatusOK || strings.TrimSpace(string(got.raw)) != none {
			t.Errorf("%s: %d %s", path, got.status, got.raw)
		}
	}
	if got := r.ask("PUT", one, `{"published":true}`, "If-Match", made.header.Get("ETag")); got.status != http.StatusOK {
		t.Errorf("publish: %d %s", got.status, got.raw)
	}
	if lost := r.ask("PUT", one, `{"title":"x"}`, "If-Match", made.header.Get("ETag")); lost.status != http.StatusPreconditionFailed {
		t.Errorf("a lost race: %d", lost.status)
	}
	if got := r.ask("GET", "/api/v1/articles/search?q=%E9%80%80%E8%B4%A7", "", contact...); strings.TrimSpace(string(got.raw)) == none || got.status != http.StatusOK {
		t.Errorf("published, and not found: %d %s", got.status, got.raw)
	}
}
