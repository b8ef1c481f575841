package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"kefu"
	"kefu/internal/auth"
	"kefu/internal/sqldb"
	"kefu/internal/store"
)

// partKnowledge is the part of the bench that measures the knowledge base.
const partKnowledge = "knowledge"

// The figures of the knowledge base. Those of the baseline are of a read of one article by its id, over the same HTTP.
const (
	figKnowP50    figure = "know p50"
	figKnowP95    figure = "know p95"
	figKnowP99    figure = "know p99"
	figKnowFirst  figure = "know first"  // ms
	figKnowRead   figure = "know read"   // ms of processor time
	figKnowMemory figure = "know memory" // MiB
	figKnowPerS   figure = "know per second"
)

const (
	knowRate    = 50 // questions a second
	knowClients = 16
	knowBatch   = 500 // articles that are stored in one commit
	knowSeconds = 60  // until the first question must be answered
)

// knowledgeRound measures the search for articles beside a read of one.
func (g ground) knowledgeRound(ctx context.Context, name string, fresh func(string) (string, error)) (bare, kefu figures, err error) {
	bare = figures{}
	kefu, err = g.step(name+"-knowledge", fresh, func(g ground) (figures, error) { return g.measureKnowledge(ctx, bare) })
	return bare, kefu, err
}

// measureKnowledge fills a database with articles, starts Kefu on it, and asks.
func (g ground) measureKnowledge(ctx context.Context, bare figures) (figures, error) {
	h := &house{ground: g, name: fmt.Sprintf("%s %dk", nameKefu, g.articles/1000)}
	began := time.Now()
	var err error
	if h.keys, err = seedArticles(ctx, g.database, g.articles, 100+int(g.point.Seconds()*keysPerSecond)); err != nil {
		return nil, err
	}
	h.say("%d articles stored in %.1f s", g.articles, time.Since(began).Seconds())
	host, err := freeHost(ctx)
	if err != nil {
		return nil, err
	}
	file, err := h.configure(host)
	if err != nil {
		return nil, err
	}
	if h.near, _, err = startChild(ctx, filepath.Join(h.dir, "kefu.log"), host, nil, h.kefu, "serve", "--config", file); err != nil {
		return nil, err
	}
	defer h.near.stop()
	f := figures{}
	if err := errors.Join(h.firstQuestion(ctx, f), h.questions(ctx, f, bare)); err != nil {
		return nil, fmt.Errorf("%w: %s", err, tail(filepath.Join(h.dir, "kefu.log")))
	}
	f[figKnowMemory] = float64(h.near.resident()) / (1 << 20)
	h.say("memory %.0f MiB", f[figKnowMemory])
	return f, nil
}

// firstQuestion asks from the start on until there is an answer.
func (h *house) firstQuestion(ctx context.Context, f figures) error {
	limit, cancel := context.WithTimeout(ctx, knowSeconds*time.Second)
	defer cancel()
	var found struct {
		Items []struct{} `json:"items"`
	}
	for {
		err := h.read(limit, searchArticles("訂單").Target, h.keys[0], &found)
		switch {
		case err == nil && len(found.Items) == 0:
			return errors.New("no article is found")
		case err == nil:
			f[figKnowFirst] = ms(time.Since(h.near.began))
			f[figKnowRead] = ms(h.near.processor())
			h.say("first answer %.0f ms after the start, with %.0f ms of processor time", f[figKnowFirst], f[figKnowRead])
			return nil
		case !strings.Contains(err.Error(), "503"):
			return err
		}
		if wait(limit, 50*time.Millisecond) != nil {
			return err
		}
	}
}

// questions asks at a rate, as people do, then as fast as there are answers; the baseline before each.
func (h *house) questions(ctx context.Context, f, bare figures) error {
	for _, point := range []struct {
		who  string
		into figures
		s    script
	}{{"an article", bare, script{Tokens: h.keys, Questions: readArticles(h.articles)}}, {"search", f, script{Tokens: h.keys, Questions: knowQuestions()}}} {
		a, err := h.asks(ctx, point.s, knowClients, knowRate, 2*h.point)
		if err != nil {
			return err
		}
		point.into[figKnowP50], point.into[figKnowP95], point.into[figKnowP99] = ms(a.P50), ms(a.P95), ms(a.P99)
		h.say("%s: p50 %.2f ms, p95 %.2f ms, p99 %.2f ms", point.who, ms(a.P50), ms(a.P95), ms(a.P99))
		if a, err = h.asks(ctx, point.s, knowClients, 0, h.point); err != nil {
			return err
		}
		point.into[figKnowPerS] = float64(a.Count) / a.Took.Seconds()
		h.say("%s: %.0f a second", point.who, point.into[figKnowPerS])
	}
	return nil
}

func searchArticles(text string) question {
	return question{Method: http.MethodGet, Target: "/api/v1/articles/search?limit=3&q=" + url.QueryEscape(text)}
}

// knowQuestions are what people ask, with common words, rare ones, and none that there is.
func knowQuestions() (all []question) {
	for _, text := range []string{"請問我要怎麼退貨？", "訂單", "how do I get a refund for my order", "琉璃瓦 是什麼", "的我一在", "退货要多久才能收到退款？", "貨",
		"訂單 退貨 refund order shipping 運費 發票 儲值", "where is my shipping confirmation", "恐龍玩偶可以飛上外太空嗎", "can I change the address of an order",
		"我的包裹已經過了十四天還沒有收到，訂單編號是 A-1001，可以幫我查詢嗎？謝謝"} {
		all = append(all, searchArticles(text))
	}
	return all
}

// readArticles are reads of one article each.
func readArticles(n int) (all []question) {
	for i := range 100 {
		all = append(all, question{Method: http.MethodGet, Target: "/api/v1/articles/" + string(articleID(i*n/100))})
	}
	return all
}

func articleID(i int) kefu.ArticleID { return kefu.ArticleID(fmt.Sprintf("art_%08d", i)) }

// seedArticles fills an empty database with articles in three languages, and returns keys of programs that may read them.
func seedArticles(ctx context.Context, url string, n, keys int) ([]string, error) {
	db, err := sqldb.Open(ctx, url, sqldb.Options{})
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }()
	s := store.New(db)
	if _, err := s.Migrate(ctx); err != nil {
		return nil, err
	}
	write := newWriting()
	for begin := 0; begin < n; begin += knowBatch {
		err := s.Update(ctx, func(tx *store.Tx) error {
			for i := begin; i < min(begin+knowBatch, n); i++ {
				if _, err := tx.InsertArticle(write.article(i)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	var given []string
	for i := range keys {
		k, err := auth.CreateKey(ctx, s, auth.NewKey{Name: fmt.Sprint("bench ", i), Scopes: []string{"*:*"}})
		if err != nil {
			return nil, err
		}
		given = append(given, k)
	}
	return given, vacuum(ctx, url)
}

// writing makes texts of words that are as frequent as words are: a few everywhere, most of them hardly anywhere.
type writing struct {
	r       *rand.Rand
	letters *rand.Zipf
}

func newWriting() writing {
	r := rand.New(rand.NewPCG(1, 2))
	return writing{r, rand.NewZipf(r, 1.2, 20, 2500)}
}

// article is one of some 600 characters; every third is English.
func (w writing) article(i int) kefu.Article {
	l := kefu.Locales()[i%3]
	text := w.chinese
	if l == kefu.LocaleEnglish {
		text = w.english
	}
	return kefu.Article{ID: articleID(i), Locale: l, Title: text(12), Body: text(600), Keywords: []string{text(4)}, Published: true}
}

func (w writing) chinese(length int) string {
	common := []rune("的是了我一不在有這個你們他好就說要可以沒到訂單退貨")
	var t strings.Builder
	for range length {
		if k := int(w.letters.Uint64()); k < len(common) {
			t.WriteRune(common[k])
		} else {
			t.WriteRune(rune(0x4E00 + k*7))
		}
	}
	return t.String() + w.some(map[string]int{"，訂單": 2, "，退貨": 5, "，退款": 8, "，琉璃瓦": 5000})
}

func (w writing) english(length int) string {
	var t strings.Builder
	for t.Len() < length {
		for k := w.letters.Uint64() + 30; k > 0; k /= 20 {
			t.WriteByte("etaoinshrdlucmfwypvb"[k%20])
		}
		t.WriteByte(' ')
	}
	return t.String() + w.some(map[string]int{" order": 2, " refund": 10, " shipping": 20, " confirmation": 300})
}

// some adds words, each to one text in so many.
func (w writing) some(words map[string]int) (out string) {
	for word, every := range words {
		if w.r.IntN(every) == 0 {
			out += word
		}
	}
	return out
}
