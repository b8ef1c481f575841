package store_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/sqldb"
	"kefu/internal/store"
	"kefu/internal/storetest"
	"kefu/internal/switchboard"
)

// BenchmarkSearch searches a database of 20,000 messages, or as many as KEFU_BENCH_MESSAGES says, by words of every frequency and callers
// who see everything or little. It reports the 95th of 100 searches that each follow others, in milliseconds.
//
//	KEFU_BENCH_MESSAGES=1000000 go test ./internal/store -run xx -bench Search -benchtime 1x -timeout 60m -v
func BenchmarkSearch(b *testing.B) {
	n := 20_000
	if s := os.Getenv("KEFU_BENCH_MESSAGES"); s != "" {
		n, _ = strconv.Atoi(s)
	}
	storetest.EachB(b, func(b *testing.B, url string) {
		db, err := sqldb.Open(context.Background(), url, sqldb.Options{})
		if err != nil {
			b.Fatal(err)
		}
		defer db.Close()
		s := store.New(db)
		if _, err := s.Migrate(context.Background()); err != nil {
			b.Fatal(err)
		}
		fillSearch(b, s, n)
		board := switchboard.New(s, bus.New(), nil, nil, slog.New(slog.DiscardHandler), nil)
		began := time.Now()
		for more := true; more; {
			did, err := board.Index(context.Background(), 2000)
			if err != nil {
				b.Fatal(err)
			}
			more = did.More
		}
		b.Logf("%.0f messages a second are indexed", float64(n)/time.Since(began).Seconds())
		for _, who := range searchers() {
			for _, text := range []string{"琉璃瓦", "退貨", "訂單", "謝謝", "的", "refunds", "K1234", "是一", "的我 是了", "謝謝 琉璃瓦", "一的是了"} {
				b.Run(who.Name+"/"+text, func(b *testing.B) { benchmarkSearch(b, board, who, text) })
			}
		}
	})
}

func searchers() []kefu.Caller {
	return []kefu.Caller{
		{Name: "all", Kind: kefu.CallerAgent, ID: "agt_0", Role: kefu.RoleAdmin, Scopes: []string{"*:*"}},
		{Name: "tenth", Kind: kefu.CallerAgent, ID: "agt_tenth", Role: kefu.RoleAgent, Scopes: []string{"*:*"}},
		{Name: "few", Kind: kefu.CallerAgent, ID: "agt_few", Role: kefu.RoleAgent, Scopes: []string{"*:*"}},
	}
}

func benchmarkSearch(b *testing.B, board *switchboard.Switchboard, who kefu.Caller, text string) {
	var took []float64
	hits := 0
	for b.Loop() {
		took = took[:0]
		for range 40 {
			began := time.Now()
			list, err := board.Search(context.Background(), who, switchboard.SearchQuery{Text: text, Types: []switchboard.SearchType{"messages"}})
			if err != nil {
				b.Fatal(err)
			}
			took, hits = append(took, float64(time.Since(began).Microseconds())/1000), len(list.Items)
		}
	}
	slices.Sort(took)
	b.ReportMetric(took[len(took)/2], "p50-ms")
	b.ReportMetric(took[len(took)*95/100], "p95-ms")
	b.ReportMetric(float64(hits), "hits")
}

// fillSearch stores conversations of a hundred messages each: one of ten is the agent tenth's, one of a thousand the agent few's.
func fillSearch(b *testing.B, s *store.Store, n int) {
	b.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	letters := rand.NewZipf(r, 1.2, 20, 2000)
	for conv := 0; conv*100 < n; conv += 20 {
		err := s.Update(context.Background(), func(tx *store.Tx) error {
			all := tx.Batch()
			for c := conv; c < conv+20 && c*100 < n; c++ {
				id := kefu.ConversationID(fmt.Sprintf("cnv_%08d", c))
				if err := tx.InsertConversation(kefu.Conversation{ID: id, InboxID: "shop", ContactID: "con_1", Subject: "訂單", Status: kefu.StatusOpen}); err != nil {
					return err
				}
				agent := map[bool]kefu.AgentID{true: "agt_tenth", false: "agt_other"}[c%10 == 1]
				if c%1000 == 2 {
					agent = "agt_few"
				}
				if err := tx.SetHandler(id, kefu.HandlerAgent, agent, ""); err != nil {
					return err
				}
				for i := range 100 {
					all.InsertMessage(store.Message{Message: kefu.Message{ID: kefu.MessageID(fmt.Sprintf("msg_%09d", c*100+i)), ConversationID: id, Seq: int64(i + 1),
						Content: kefu.Content{Type: kefu.ContentText, Text: searchText(r, letters, c*100+i)}, CreatedAt: tx.Now}})
				}
			}
			_, err := all.Run()
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func searchText(r *rand.Rand, letters *rand.Zipf, n int) string {
	const common = "的是了我一不在有這個你們他好就說要可以沒到"
	var text strings.Builder
	for range 8 + r.IntN(24) {
		if k := letters.Uint64(); int(k) < len([]rune(common)) {
			text.WriteRune([]rune(common)[k])
		} else {
			text.WriteRune(rune(0x4E00 + k*7))
		}
	}
	text.WriteString(" K" + strconv.Itoa(1000+n%4999))
	for word, every := range map[string]int{"琉璃瓦": 20_011, "退貨": 200, "訂單": 20, "refunded": 50} {
		if r.IntN(every) == 0 {
			text.WriteString(" " + word)
		}
	}
	if r.IntN(100) < 72 {
		text.WriteString("，謝謝")
	}
	return text.String()
}
