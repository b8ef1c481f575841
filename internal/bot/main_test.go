package bot_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"testing"
	"time"

	"kefu"
	"kefu/internal/bot"
	"kefu/internal/bus"
	"kefu/internal/sqldb"
	"kefu/internal/store"
	"kefu/internal/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// patience is how long a test waits for something that should happen at once.
const patience = 20 * time.Second

// table is a switchboard that keeps turns in memory, and a knowledge base that answers as the test says.
type table struct {
	t     *testing.T
	store *store.Store
	bus   *bus.Bus

	mu      sync.Mutex
	changed chan struct{}
	waiting []kefu.BotTurn // in their order
	posted  map[kefu.ConversationID][]kefu.BotAnswer
	putOff  []time.Duration
	refuse  int // of the next answers, how many fail
	now     map[kefu.ConversationID]int
	most    int // answers that were looked for at once
	twice   bool
	know    func(ctx context.Context, text string) (kefu.BotAnswer, error)
}

func each(t *testing.T, fn func(b *table)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, url string) {
		db, err := sqldb.Open(t.Context(), url, sqldb.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		st := store.New(db)
		if _, err := st.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		fn(&table{t: t, store: st, bus: bus.New(), changed: make(chan struct{}), posted: map[kefu.ConversationID][]kefu.BotAnswer{}, now: map[kefu.ConversationID]int{}})
	})
}

// change changes the table and wakes who waits for it.
func (b *table) change(fn func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	fn()
	close(b.changed)
	b.changed = make(chan struct{})
}

// until waits for something.
func (b *table) until(what string, fn func() bool) {
	b.t.Helper()
	over := time.After(patience)
	for {
		b.mu.Lock()
		well, changed := fn(), b.changed
		b.mu.Unlock()
		if well {
			return
		}
		select {
		case <-changed:
		case <-over:
			b.t.Fatalf("in vain: %s", what)
		}
	}
}

// ask has a customer write.
func (b *table) ask(conv, text string) {
	b.change(func() {
		b.waiting = append(b.waiting, kefu.BotTurn{ConversationID: kefu.ConversationID(conv), Messages: []kefu.MessageID{kefu.MessageID(fmt.Sprint(conv, len(b.waiting)))}, Text: text})
	})
	b.bus.Signal(bus.BotTurns)
}

// runs answers as a node does, until stop.
func (b *table) runs(node string) (stop func()) {
	ctx, cancel := context.WithCancel(b.t.Context())
	a := &bot.Answerer{Switchboard: b, Knowledge: b, Store: b.store, Bus: b.bus, Log: slog.New(slog.DiscardHandler), Node: node, Look: 20 * time.Millisecond}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := a.Run(ctx); err != nil {
			b.t.Error(err)
		}
	}()
	return func() {
		cancel()
		<-done
	}
}

// Turns lists what waits.
func (b *table) Turns(_ context.Context, limit int) ([]kefu.BotTurn, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]kefu.BotTurn(nil), b.waiting[:min(len(b.waiting), limit)]...), nil
}

// take ends a turn, or tells that it is none any more.
func (b *table) take(id kefu.MessageID) bool {
	for i, t := range b.waiting {
		if t.Messages[0] == id {
			b.waiting = append(b.waiting[:i:i], b.waiting[i+1:]...)
			return true
		}
	}
	return false
}

// AnswerTurn posts.
func (b *table) AnswerTurn(ctx context.Context, t kefu.BotTurn, a kefu.BotAnswer) (posted bool, err error) {
	b.change(func() {
		switch {
		case ctx.Err() != nil:
			err = ctx.Err()
		case b.refuse > 0:
			b.refuse--
			err = errors.New("the database is away")
		case b.take(t.Messages[0]):
			posted = true
			b.posted[t.ConversationID] = append(b.posted[t.ConversationID], a)
		default:
			b.twice = true
		}
	})
	return posted, err
}

// PutOffTurn counts an attempt; the wait is over at once.
func (b *table) PutOffTurn(ctx context.Context, t kefu.BotTurn, delay time.Duration) error {
	b.change(func() {
		b.putOff = append(b.putOff, delay)
		for i := range b.waiting {
			if b.waiting[i].Messages[0] == t.Messages[0] {
				b.waiting[i].Attempts++
			}
		}
	})
	return ctx.Err()
}

// Say answers as the test says.
func (b *table) Say(ctx context.Context, text string, _ kefu.Locale) (kefu.BotAnswer, error) {
	b.change(func() {
		b.now[kefu.ConversationID(text)]++
		all := 0
		for _, n := range b.now {
			all += n
			b.twice = b.twice || n > 1
		}
		b.most = max(b.most, all)
	})
	defer b.change(func() { b.now[kefu.ConversationID(text)]-- })
	if b.know != nil {
		return b.know(ctx, text)
	}
	return kefu.BotAnswer{Text: "to " + text}, nil
}
