package e2e

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"kefu"
	"kefu/internal/app"
	"kefu/internal/fake/discord"
	"kefu/internal/fake/wordpress"
	"kefu/internal/sqldb"
	"kefu/internal/store"
	"kefu/internal/storetest"
)

// TestClockSetBackAnHour steps the clock back while a reply waits for its next try and more is written. SQLite only: on PostgreSQL the
// database's clock counts.
func TestClockSetBackAnHour(t *testing.T) {
	t.Parallel()
	var offset atomic.Int64
	clock := func() time.Time { return time.Now().Add(time.Duration(offset.Load())) }
	r := newRig(t, storetest.SQLite(t), options{app: app.Options{Clock: clock}})
	tk := r.open(1)
	r.site.Inject(wordpress.Fault{Kind: wordpress.FaultErrorHTML, Route: wordpress.RouteUpdate, Count: 2})
	r.guild.Inject(discord.Fault{Kind: discord.FaultErrorJSON, Status: 500, Method: http.MethodPost, Path: anyMessage, Count: 2})
	r.say(tk, "跳表之前")
	r.write(1, "顧客在跳表之前")
	r.until("the first try has failed", func() bool { return r.site.Requests(wordpress.RouteUpdate) > 0 })
	offset.Store(int64(-time.Hour))
	began := time.Now()
	for n := range 3 {
		r.say(tk, fmt.Sprintf("跳表之後 %d", n))
		r.write(1, fmt.Sprintf("顧客在跳表之後 %d", n))
	}
	r.balanced()
	if took := time.Since(began); took > time.Minute {
		t.Errorf("it took %s: a wait of the old clock was waited for", took)
	}
	r.restart()
	r.say(tk, "重開機之後")
	offset.Store(0) // and the clock is set right again
	r.say(tk, "對時之後")
	r.balanced()
}

// TestDiskFull lets the database file reach its largest size. What cannot be stored is refused with 503 and when to come again; what was
// accepted is delivered, also that of which the result could not be stored. SQLite only.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	url := storetest.SQLite(t)
	r := newRig(t, url, options{})
	tk := r.open(1)
	r.say(tk, "還有空間")
	r.balanced()
	r.halt()
	r.db = fmt.Sprintf("%s?_pragma=max_page_count(%d)", url, pages(t, url)+12)
	r.start()
	if err := r.guild.WaitReady(r.ctx); err != nil {
		t.Fatal(err)
	}
	refused := r.fill1000()
	p := r.refuse(refused, http.StatusServiceUnavailable)
	if refused.header.Get("Retry-After") == "" || strings.Contains(p.Detail, "SQLITE") {
		t.Errorf("refused with %v %q: want Retry-After, and no words of the database", refused.header, p.Detail)
	}
	r.say(tk, "沒有空間時寫的") // nobody can refuse this one: it is taken when there is room
	r.halt()
	r.db = url
	r.start()
	r.balanced()
}

func pages(t *testing.T, url string) int64 {
	t.Helper()
	info, err := os.Stat(strings.TrimPrefix(url, "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	return info.Size() / 4096
}

// fill1000 writes as the customer until a hook is refused, and gives that answer. The site repeats the refused one by itself: it has it.
func (r *rig) fill1000() reply {
	r.t.Helper()
	r.site.SetHook("")
	for n := range 1000 {
		text := fmt.Sprintf("填滿 %d %s", n, strings.Repeat("長", 300))
		r.talk.wrote(1, text)
		r.site.CustomerWrites(r.ctx, 1, text)
		if got := r.send("/ticket/update", updateBody(1, text)); got.status != http.StatusOK {
			return got
		}
	}
	r.t.Fatal("the disk was never full")
	return reply{}
}

// TestDatabaseLocked has somebody else hold what a hook needs. The hook waits or is refused with 503, the rest goes on, and nothing is
// lost.
func TestDatabaseLocked(t *testing.T) {
	eachRig(t, options{}, func(r *rig) {
		tk := r.open(1)
		release := r.lock("shop")
		r.talk.wrote(1, "鎖住時的訊息")
		r.site.SetHook("")
		r.site.CustomerWrites(r.ctx, 1, "鎖住時的訊息")
		answers := make(chan reply, 1)
		go func() {
			answers <- r.send("/ticket/update", updateBody(1, "鎖住時的訊息"), header("Idempotency-Key", "k"))
		}()
		r.say(tk, "客服在鎖住時寫的")
		if page := fetch(r.base() + "/healthz"); page.status != http.StatusOK {
			r.t.Errorf("healthz says %d", page.status)
		}
		select {
		case got := <-answers:
			if p := r.refuse(got, http.StatusServiceUnavailable); got.header.Get("Retry-After") == "" || p.Detail == "" {
				r.t.Errorf("refused with %v %s", got.header, got.body)
			}
			answers <- got
		case <-time.After(1500 * time.Millisecond): // it may as well wait
		}
		release()
		<-answers
		r.until("the hook is taken", func() bool {
			return r.send("/ticket/update", updateBody(1, "鎖住時的訊息"), header("Idempotency-Key", "k")).status == http.StatusOK
		})
		r.balanced()
	})
}

// lock holds every open conversation of an inbox, and on SQLite with them the database, until release.
func (r *rig) lock(inbox kefu.InboxID) (release func()) {
	r.t.Helper()
	db, err := sqldb.Open(r.ctx, r.db, sqldb.Options{})
	if err != nil {
		r.t.Fatal(err)
	}
	held, let, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- store.New(db).Update(r.ctx, func(tx *store.Tx) error {
			threads, err := tx.Threads(inbox)
			for _, thread := range threads {
				if _, err := tx.LockConversation(thread.ConversationID); err != nil {
					return err
				}
			}
			close(held)
			<-let
			return err
		})
	}()
	<-held
	return func() {
		close(let)
		if err := <-ended; err != nil {
			r.t.Error(err)
		}
		if err := db.Close(); err != nil {
			r.t.Error(err)
		}
	}
}
