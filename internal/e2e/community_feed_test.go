package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"kefu/internal/fake/discord"
	"kefu/internal/store"
)

// paper is a site with a feed.
type paper struct {
	*httptest.Server

	mu    sync.Mutex
	items []string // newest first, as feeds have them
	down  bool
}

func newPaper(t *testing.T) *paper {
	p := &paper{}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.down {
			http.Error(w, "<h1>Bad gateway</h1>", http.StatusBadGateway)
			return
		}
		w.Header().Set("Content-Type", "application/rss+xml")
		_, _ = fmt.Fprintf(w, `<?xml version="1.0"?><rss version="2.0"><channel><title>News</title><link>https://news.example/</link>%s</channel></rss>`,
			strings.Join(p.items, ""))
	}))
	t.Cleanup(p.Close)
	return p
}

// prints puts an item on top.
func (p *paper) prints(guid, title string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	item := fmt.Sprintf(`<item><guid isPermaLink="false">%s</guid><title>%s</title><link>https://news.example/%s</link><description>It is here.</description></item>`,
		guid, title, strings.ReplaceAll(title, " ", "-"))
	p.items = append([]string{item}, p.items...)
}

// renumbers gives the item on top another guid.
func (p *paper) renumbers(from, to string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.items[0] = strings.ReplaceAll(p.items[0], from, to)
}

func (p *paper) goes(down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = down
}

// TestNewsAreAnnouncedOnce follows a feed over restarts, repetitions and a time when it is down.
func TestNewsAreAnnouncedOnce(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		p := newPaper(t)
		p.prints("old-1", "An old story")
		v := newVillage(t, url, plan{community: func(c settings) { c["feeds"] = []string{p.URL + "/feed.xml"} }})
		v.until("the feed was read", func() bool { return v.feed().Begun })
		p.prints("new-1", "A new story")
		v.readAgain()
		first := v.posted(v.news, "A new story")
		v.until("it is published to followers", func() bool { return v.still(first).Flags&discord.FlagCrossposted != 0 })

		v.restart()
		p.renumbers("new-1", "other-guid")
		v.readAgain()
		p.goes(true)
		v.readAgain()
		if f := v.feed(); f.Failures != 1 || f.Error == "" {
			t.Errorf("a feed that is down is noted as %+v", f)
		}
		p.goes(false)
		p.prints("new-2", "Another story")
		v.readAgain()
		v.posted(v.news, "Another story")
		v.settled()
		for title, want := range map[string]int{"An old story": 0, "A new story": 1, "Another story": 1} {
			if n := v.times(v.news, title); n != want {
				t.Errorf("%q was announced %d times, want %d", title, n, want)
			}
		}
	})
}

// feed is the one feed as it is stored.
func (v *village) feed() (f store.NewsFeed) {
	v.t.Helper()
	v.view(func(tx *store.Tx) error {
		all, err := tx.Feeds("guild")
		if len(all) > 0 {
			f = all[0]
		}
		return err
	})
	return f
}

// readAgain restarts the program at a time when the feed is due, and waits until it was read.
func (v *village) readAgain() {
	v.t.Helper()
	v.halt()
	before := v.feed()
	v.inStore(func(s *store.Store) error {
		return s.Update(v.ctx, func(tx *store.Tx) error {
			f, err := tx.LockFeed(before.InboxID, before.URL)
			if err != nil {
				return err
			}
			f.DueAt = f.DueAt.Add(-24 * time.Hour)
			return tx.SaveFeed(f)
		})
	})
	v.start()
	v.until("the feed was read again", func() bool { return v.feed().CheckedAt.After(before.CheckedAt) })
}
