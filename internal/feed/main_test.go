package feed

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/sqldb"
	"kefu/internal/store"
	"kefu/internal/storetest"
	"kefu/internal/switchboard"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// rig is a community on a real database that follows one feed of a real server.
type rig struct {
	*Follower
	t      *testing.T
	server *server
}

func each(t *testing.T, fn func(t *testing.T, r *rig)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, url string) {
		db, err := sqldb.Open(t.Context(), url, sqldb.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		s := store.New(db)
		if _, err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		log := slog.New(slog.DiscardHandler)
		board := switchboard.New(s, bus.New(), nil, nil, log, []switchboard.Inbox{{ID: "guild", Channel: "discord", Name: "Guild", Announces: true}})
		srv := serve(t)
		f := &Follower{Inbox: "guild", URLs: []string{srv.URL + "/feed"}, Board: board, Store: s, Client: local(t), Log: log, Node: "one", Look: time.Hour}
		fn(t, &rig{f, t, srv})
	})
}

// local is the client of the product, let into this machine.
func local(t *testing.T) *http.Client {
	c := Client([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}, "Kefu/test")
	t.Cleanup(c.CloseIdleConnections)
	return c
}

// server is a feed's server whose answer can be changed.
type server struct {
	*httptest.Server
	mu     sync.Mutex
	answer http.HandlerFunc
	asked  []http.Header
}

func serve(t *testing.T) *server {
	s := &server{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked = append(s.asked, r.Header.Clone())
		answer := s.answer
		s.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *server) answers(h http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = h
}

// says answers with a body, conditionally as servers of files do.
func (s *server) says(body string) {
	tag := `"` + digest(body) + `"`
	s.answers(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = io.WriteString(w, body)
	})
}

func (s *server) last() http.Header {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked[len(s.asked)-1]
}

// rss is a feed of items, which are given oldest first and stand there newest first.
func rss(items ...string) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>`)
	for _, item := range slices.Backward(items) {
		b.WriteString(item)
	}
	return b.String() + `</channel></rss>`
}

func item(n int) string {
	return fmt.Sprintf(`<item><guid>id-%d</guid><title>Item %d</title><link>https://blog.example/%d</link><description>Text %d</description></item>`, n, n, n, n)
}

// look makes the feeds due and reads them.
func (r *rig) look() {
	r.t.Helper()
	if !r.follow(r.t.Context()) {
		r.t.Fatal("the feeds cannot be followed")
	}
	r.change(func(f *store.NewsFeed, now time.Time) { f.DueAt = now })
	r.round(r.t.Context())
}

func (r *rig) change(fn func(f *store.NewsFeed, now time.Time)) {
	r.t.Helper()
	r.tx(func(tx *store.Tx) error {
		for _, u := range r.URLs {
			f, err := tx.LockFeed(r.Inbox, u)
			if err != nil {
				return err
			}
			fn(&f, tx.Now)
			if err := tx.SaveFeed(f); err != nil {
				return err
			}
		}
		return nil
	})
}

func (r *rig) tx(fn func(tx *store.Tx) error) {
	r.t.Helper()
	if err := r.Store.Update(r.t.Context(), fn); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) feed() (f store.NewsFeed) {
	r.t.Helper()
	r.tx(func(tx *store.Tx) (err error) {
		f, err = tx.LockFeed(r.Inbox, r.URLs[0])
		return err
	})
	return f
}

// announced are the announcements, oldest first, that are queued for the community.
func (r *rig) announced() (all []switchboard.Announcement) {
	r.t.Helper()
	for p := (kefu.Paging{Limit: 200}); ; {
		list, err := r.Board.Announcements(r.t.Context(), kefu.Caller{Kind: kefu.CallerSystem}, p)
		if err != nil {
			r.t.Fatal(err)
		}
		for _, a := range list.Items {
			if len(a.Posts) != 1 || a.Posts[0].InboxID != r.Inbox {
				r.t.Errorf("%s goes to %+v", a.Title, a.Posts)
			}
			all = append([]switchboard.Announcement{a}, all...)
		}
		if p.Cursor = list.NextCursor; p.Cursor == "" {
			return all
		}
	}
}

func (r *rig) titles() string {
	r.t.Helper()
	var all []string
	for _, a := range r.announced() {
		all = append(all, a.Title)
	}
	return strings.Join(all, ", ")
}

func (r *rig) want(titles string) {
	r.t.Helper()
	if got := r.titles(); got != titles {
		r.t.Errorf("announced %q, want %q", got, titles)
	}
}
