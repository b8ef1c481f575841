package feed

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"kefu"
	"kefu/internal/store"
)

// TestNewsAreAnnouncedOnce: what was there first is not; what is new is, five at a time, the oldest first, and never again.
func TestNewsAreAnnouncedOnce(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.server.says(rss(item(1), item(2)))
		r.look()
		r.want("")
		r.look()
		if r.server.last().Get("If-None-Match") == "" {
			t.Error("it is asked for in full again")
		}
		r.want("")
		r.server.says(rss(item(1), item(2), item(3)))
		r.look()
		r.want("Item 3")
		if a := r.announced()[0]; a.URL != "https://blog.example/3" || a.Content != "Text 3" || a.CreatedBy != "feed" {
			t.Errorf("%+v", a)
		}
		var all []string
		for n := range 15 {
			all = append(all, item(n))
		}
		r.server.says(rss(all...))
		r.look()
		r.want("Item 3, Item 0, Item 4, Item 5, Item 6, Item 7")
		r.look() // the server is not told that the rest is known
		r.want("Item 3, Item 0, Item 4, Item 5, Item 6, Item 7, Item 8, Item 9, Item 10, Item 11, Item 12")
		for range 3 {
			r.look()
		}
		r.want("Item 3, Item 0, Item 4, Item 5, Item 6, Item 7, Item 8, Item 9, Item 10, Item 11, Item 12, Item 13, Item 14")
	})
}

// TestFeedIsReadWhenDue: a reading puts the next one off by five minutes.
func TestFeedIsReadWhenDue(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.server.says(rss(item(1)))
		r.look()
		r.round(t.Context())
		if n := len(r.server.asked); n != 1 {
			t.Errorf("asked %d times", n)
		}
		if f := r.feed(); f.DueAt.Sub(f.CheckedAt) != 5*time.Minute || !f.Begun {
			t.Errorf("%+v", f)
		}
	})
}

// TestKilledReaderAnnouncesOnce: a reading that was not stored is as if it had not been; one that two nodes stored is stored once.
func TestKilledReaderAnnouncesOnce(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.server.says(rss(item(1)))
		r.look()
		r.server.says(rss(item(1), item(2), item(3)))
		reading := r.read(t.Context(), r.feed())
		killed, kill := context.WithCancel(t.Context())
		kill()
		if _, err := r.Board.TakeFeed(killed, reading); err == nil {
			t.Error("it was stored by one who was killed")
		}
		r.want("")
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				if _, err := r.Board.TakeFeed(t.Context(), reading); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		r.look()
		r.want("Item 2, Item 3")
	})
}

// TestFeedThatRepeatsItself: the same item under another id, twice in one feed, or back after a while.
func TestFeedThatRepeatsItself(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.server.says(rss(item(1)))
		r.look()
		r.server.says(rss(item(2), item(2)))
		r.look()
		r.want("Item 2")
		renamed := strings.NewReplacer("id-1", "other-1", "id-2", "other-2")
		r.server.says(renamed.Replace(rss(item(1), item(2))))
		r.look()
		r.want("Item 2")
		r.server.says(rss())
		r.look()
		r.server.says(rss(item(1), item(2), item(3)))
		r.look()
		r.want("Item 2, Item 3")
		// After a month the same words are news.
		r.tx(func(tx *store.Tx) error {
			f := r.feedOf(tx)
			kept, err := tx.FeedItems(f)
			for i := range kept {
				kept[i].SeenAt = tx.Now.Add(-31 * 24 * time.Hour)
			}
			if err == nil {
				err = tx.SaveFeedItems(f, kept)
			}
			return err
		})
		r.server.says(strings.ReplaceAll(rss(item(3)), "id-3", "again-3"))
		r.look()
		r.want("Item 2, Item 3, Item 3")
	})
}

func (r *rig) feedOf(tx *store.Tx) store.NewsFeed {
	f, err := tx.LockFeed(r.Inbox, r.URLs[0])
	if err != nil {
		r.t.Error(err)
	}
	return f
}

// TestItemsOfLongAgoAreForgotten: what the feed has is remembered, however old; what it has not any more is forgotten after a while.
func TestItemsOfLongAgoAreForgotten(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.server.says(rss(item(1), item(2)))
		r.look()
		age := func(by time.Duration) {
			r.tx(func(tx *store.Tx) error {
				f := r.feedOf(tx)
				kept, err := tx.FeedItems(f)
				for i := range kept {
					kept[i].SeenAt = tx.Now.Add(-by)
				}
				if err == nil {
					err = tx.SaveFeedItems(f, kept)
				}
				return err
			})
		}
		age(8 * 24 * time.Hour)
		r.server.says(rss(item(2), item(3)))
		r.look()
		r.want("Item 3")
		r.tx(func(tx *store.Tx) error {
			kept, err := tx.FeedItems(r.feedOf(tx))
			fresh := 0
			for _, k := range kept {
				if tx.Now.Sub(k.SeenAt) < time.Hour {
					fresh++
				}
			}
			if len(kept) != 3 || fresh != 2 {
				t.Errorf("%d kept, %d of them seen now; want 3 and 2", len(kept), fresh)
			}
			return err
		})
		age(91 * 24 * time.Hour)
		r.server.says(rss(item(3)))
		r.look()
		r.tx(func(tx *store.Tx) error {
			kept, err := tx.FeedItems(r.feedOf(tx))
			if len(kept) != 1 {
				t.Errorf("%d kept, want only what the feed has", len(kept))
			}
			return err
		})
		r.want("Item 3")
	})
}

// TestFeedWithFaults: each is a failure in words, puts the feed off, announces nothing, and is forgotten when the feed is well.
func TestFeedWithFaults(t *testing.T) {
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	for range 64 {
		_, _ = z.Write(make([]byte, 1<<20))
	}
	_ = z.Close()
	body := func(s string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, s) }
	}
	faults := map[string]struct {
		answer http.HandlerFunc
		words  string
	}{
		"500":  {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }, "answered 500"},
		"down": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "EOF"},
		"endless": {func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				_, _ = io.WriteString(w, strings.Repeat("<item/>", 1000))
			}
		}, "too large"},
		"gzip bomb": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(bomb.Bytes())
		}, "compressed"},
		"in circles": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/feed", http.StatusFound) }, "redirects"},
		"to a file": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "file:///etc/passwd")
			w.WriteHeader(http.StatusFound)
		}, "cannot be used"},
		"to inside": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://169.254.169.254/", http.StatusFound)
		}, "egress.allow"},
		"a page":    {body(`<!doctype html><html><body>Welcome</body></html>`), "no RSS, Atom or JSON feed"},
		"half":      {body(rss(item(1), item(2))[:120]), "cannot be read"},
		"nothing":   {body(""), "no RSS, Atom or JSON feed"},
		"too deep":  {body(`<rss version="2.0"><channel>` + strings.Repeat("<x:a>", 200_000)), "too deep"},
		"odd words": {body(`<?xml version="1.0" encoding="x-klingon"?>` + rss(item(9))[21:]), "no RSS, Atom or JSON feed"},
	}
	each(t, func(t *testing.T, r *rig) {
		r.server.says(rss(item(1)))
		r.look()
		for name, fault := range faults {
			r.server.answers(fault.answer)
			r.look()
			f := r.feed()
			if !strings.Contains(f.Error, fault.words) || f.Failures != 1 || f.DueAt.Sub(f.CheckedAt) != 5*time.Minute {
				t.Errorf("%s: %q, %d failures, again in %s", name, f.Error, f.Failures, f.DueAt.Sub(f.CheckedAt))
			}
			if strings.Contains(f.Error, "/feed") {
				t.Errorf("%s: the error tells the path: %s", name, f.Error)
			}
			r.server.says(rss(item(1)))
			r.look()
			if f := r.feed(); f.Failures != 0 || f.Error != "" {
				t.Errorf("after %s: %+v", name, f)
			}
		}
		r.want("")
	})
}

// TestSlowFeedEndsInTime holds a reading against the time of its client, which is shortened.
func TestSlowFeedEndsInTime(t *testing.T) {
	srv := serve(t)
	srv.answers(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	c := local(t)
	if c.Timeout != 20*time.Second {
		t.Errorf("a feed may take %s", c.Timeout)
	}
	c.Timeout = 50 * time.Millisecond
	if _, err := fetch(t.Context(), c, srv.URL, "", ""); err == nil {
		t.Error("it did not end")
	}
}

// TestRedirectedFeedIsRead, and the conditions go with it.
func TestRedirectedFeedIsRead(t *testing.T) {
	srv := serve(t)
	srv.answers(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/feed" {
			http.Redirect(w, r, "/moved.xml", http.StatusMovedPermanently)
			return
		}
		_, _ = io.WriteString(w, rss(item(1)))
	})
	doc, err := fetch(t.Context(), local(t), srv.URL+"/feed", `"x"`, "Sat, 21 Nov 2026 21:00:00 GMT")
	if err != nil || !strings.Contains(string(doc.body), "Item 1") {
		t.Errorf("%s, %v", doc.body, err)
	}
	if h := srv.last(); h.Get("If-None-Match") != `"x"` || h.Get("If-Modified-Since") == "" || h.Get("User-Agent") != "Kefu/test" || h.Get("Accept-Encoding") != "" {
		t.Errorf("%v", h)
	}
}

// TestFeedThatStaysDown is put off for longer and longer, and told after a day; when it is well that is over.
func TestFeedThatStaysDown(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.server.answers(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
		for _, minutes := range []int{5, 10, 20, 40, 60, 60} {
			r.look()
			if f := r.feed(); int(f.DueAt.Sub(f.CheckedAt).Minutes()) != minutes {
				t.Errorf("after %d failures again in %s, want %d min", f.Failures, f.DueAt.Sub(f.CheckedAt), minutes)
			}
		}
		r.alerts("")
		r.change(func(f *store.NewsFeed, now time.Time) { f.WellAt = now.Add(-25 * time.Hour) })
		r.look()
		r.look()
		r.alerts("guild/127.0.0.1")
		r.server.says(rss(item(1)))
		r.look()
		r.alerts("")
		r.want("")
	})
}

// alerts holds the open alerts against a part of their subject; "" is that there is none.
func (r *rig) alerts(subject string) {
	r.t.Helper()
	r.tx(func(tx *store.Tx) error {
		open, err := tx.OpenAlerts()
		switch {
		case subject == "" && len(open) > 0, subject != "" && len(open) != 1:
			r.t.Errorf("open: %+v", open)
		case subject != "" && (open[0].Kind != kefu.AlertFeedDown || !strings.HasPrefix(open[0].Subject, subject) || strings.Contains(open[0].Summary, "/feed")):
			r.t.Errorf("open: %+v", open[0])
		}
		return err
	})
}

// TestFeedThatNobodyFollows is forgotten after a month, with its alert at once.
func TestFeedThatNobodyFollows(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.server.answers(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
		r.look()
		r.change(func(f *store.NewsFeed, now time.Time) { f.WellAt = now.Add(-25 * time.Hour) })
		r.look()
		r.alerts("guild/127.0.0.1")
		old := r.URLs
		r.URLs = []string{r.server.URL + "/other"}
		r.server.says(rss(item(1)))
		r.look()
		r.alerts("")
		known := func(want int) {
			t.Helper()
			if err := r.Board.ForgetFeeds(t.Context()); err != nil {
				t.Fatal(err)
			}
			r.tx(func(tx *store.Tx) error {
				all, err := tx.Feeds(r.Inbox)
				if len(all) != want {
					t.Errorf("%d feeds are known, want %d", len(all), want)
				}
				return err
			})
		}
		known(2)
		r.tx(func(tx *store.Tx) error {
			tx.Now = tx.Now.Add(-31 * 24 * time.Hour)
			return tx.FollowFeed(r.Inbox, old[0])
		})
		known(1)
	})
}

// TestHugeFeed: ten thousand items are remembered, and read again with one new one among them.
func TestHugeFeed(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		var all []string
		for n := range 10_000 {
			all = append(all, fmt.Sprintf(`<item><guid>g%d</guid><title>T%d</title></item>`, n, n))
		}
		r.server.says(rss(all[:9_999]...))
		r.look()
		r.want("")
		r.server.says(rss(all...))
		r.look()
		r.want("T9999")
		r.look()
		r.want("T9999")
	})
}

// TestRunReadsAndEnds: the service as it is started.
func TestRunReadsAndEnds(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		asked := make(chan struct{}, 10)
		r.server.answers(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, rss(item(1)))
			asked <- struct{}{}
		})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- r.Run(ctx) }()
		<-asked
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}
