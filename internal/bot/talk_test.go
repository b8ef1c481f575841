package bot_test

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"kefu"
	"kefu/internal/bot"
	"kefu/internal/bus"
	"kefu/internal/connector"
	"kefu/internal/knowledge"
	"kefu/internal/sqldb"
	"kefu/internal/store"
	"kefu/internal/storetest"
	"kefu/internal/switchboard"
)

// town is the real switchboard and the real knowledge base, with one article.
type town struct {
	*switchboard.Switchboard

	t       *testing.T
	store   *store.Store
	signals *bus.Bus
	knows   bot.Knower
}

func eachTown(t *testing.T, fn func(b *town)) {
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
		signals := bus.New()
		knows := knowledge.New(knowledge.Options{Store: s, Bus: signals})
		_, err = knows.CreateArticle(t.Context(), kefu.Ask{Caller: kefu.SystemCaller("test")}, knowledge.ArticleChange{Locale: kefu.Some(kefu.LocaleEnglish),
			Title: kefu.Some("Refunds"), Body: kefu.Some("Within seven days."), Published: kefu.Some(true)})
		if err != nil {
			t.Fatal(err)
		}
		inboxes := []switchboard.Inbox{{ID: "town", Channel: "discord", Name: "Town", Desks: []kefu.InboxID{"guild"}, Reception: connector.Reception{Bot: true, Patience: time.Hour}},
			{ID: "guild", Channel: "discord", Name: "Guild", Desk: true}}
		fn(&town{switchboard.New(s, signals, nil, nil, slog.New(slog.DiscardHandler), inboxes), t, s, signals, knows})
	})
}

// runs has the bot answer until stop.
func (b *town) runs() (stop func()) {
	ctx, cancel := context.WithCancel(b.t.Context())
	a := &bot.Answerer{Switchboard: b, Knowledge: b.knows, Store: b.store, Bus: b.signals, Log: slog.New(slog.DiscardHandler), Node: "one", Look: 20 * time.Millisecond}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = a.Run(ctx)
	}()
	return func() {
		cancel()
		<-done
	}
}

// take receives what a member does.
func (b *town) take(in connector.Inbound) kefu.ConversationID {
	b.t.Helper()
	res, err := b.Receive(b.t.Context(), "town", in)
	if err != nil {
		b.t.Fatal(err)
	}
	return res.ConversationID
}

func dm(text string) connector.Inbound {
	return connector.Inbound{Kind: connector.InMessage, ThreadID: "dm-1", Content: kefu.Content{Text: text}, Title: text,
		Sender: connector.Sender{Kind: kefu.AuthorContact, ID: "1", Name: "Ann", Locale: kefu.LocaleEnglish}}
}

// said is what the bot has said.
func (b *town) said(id kefu.ConversationID) (texts []string, handler kefu.Handler) {
	b.t.Helper()
	err := b.store.View(b.t.Context(), func(tx *store.Tx) error {
		texts = nil
		c, err := tx.Conversation(id)
		if err != nil {
			return err
		}
		handler = c.Handler
		all, err := tx.Messages(id, 0, 1000)
		for _, m := range all {
			if m.Author == kefu.Bot() {
				texts = append(texts, m.Content.Text)
			}
		}
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return texts, handler
}

// until waits for something that the database tells.
func (b *town) until(what string, fn func() bool) {
	b.t.Helper()
	over, tick := time.After(patience), time.NewTicker(5*time.Millisecond)
	defer tick.Stop()
	for !fn() {
		select {
		case <-tick.C:
		case <-over:
			b.t.Fatalf("in vain: %s", what)
		}
	}
}

func TestACustomerIsAnsweredAndHandedOver(t *testing.T) {
	eachTown(t, func(b *town) {
		conv := b.take(dm("how do refunds work?"))
		defer b.runs()() // a turn that was there before the start is answered as well
		b.until("the bot answers", func() bool {
			texts, _ := b.said(conv)
			return len(texts) == 1 && strings.Contains(texts[0], "Within seven days.")
		})
		b.take(dm("I want to talk to a human"))
		b.until("a person is called", func() bool {
			_, handler := b.said(conv)
			return handler == kefu.HandlerQueue
		})
		b.take(dm("how do refunds work?"))
		b.until("nothing is owed", func() bool {
			turns, err := b.Turns(t.Context(), 10)
			return err == nil && len(turns) == 0
		})
		if texts, _ := b.said(conv); len(texts) != 1 {
			t.Errorf("the bot said %q", texts)
		}
	})
}

func TestTwoMissesCallAPerson(t *testing.T) {
	eachTown(t, func(b *town) {
		defer b.runs()()
		conv := b.take(dm("dinosaur umbrella"))
		b.until("the bot asks", func() bool {
			texts, handler := b.said(conv)
			return len(texts) == 1 && handler == kefu.HandlerBot
		})
		b.take(dm("purple umbrella"))
		b.until("a person is called", func() bool {
			_, handler := b.said(conv)
			return handler == kefu.HandlerQueue
		})
	})
}

// late answers when it is let, as a slow writer does.
type late struct {
	bot.Knower

	once  sync.Once
	began chan struct{}
	goOn  chan struct{}
}

func (l *late) Say(ctx context.Context, text string, locale kefu.Locale) (kefu.BotAnswer, error) {
	l.once.Do(func() { close(l.began) })
	select {
	case <-l.goOn:
	case <-ctx.Done():
		return kefu.BotAnswer{}, ctx.Err()
	}
	return l.Knower.Say(ctx, text, locale)
}

func TestWhatComesTooLateIsNotSaid(t *testing.T) {
	eachTown(t, func(b *town) {
		slow := &late{Knower: b.knows, began: make(chan struct{}), goOn: make(chan struct{})}
		b.knows = slow
		stop := b.runs()
		conv := b.take(dm("how do refunds work?"))
		<-slow.began
		in := dm("")
		in.Kind, in.Command, in.Content = connector.InCommand, &connector.Command{Name: connector.CmdPerson}, kefu.Content{}
		b.take(in)
		close(slow.goOn)
		b.until("nothing is owed", func() bool {
			turns, err := b.Turns(t.Context(), 10)
			return err == nil && len(turns) == 0
		})
		stop()
		if texts, handler := b.said(conv); len(texts) != 0 || handler != kefu.HandlerQueue {
			t.Errorf("%s: the bot said %q", handler, texts)
		}
	})
}

func TestAProgramThatWasKilledAnswersOnce(t *testing.T) {
	eachTown(t, func(b *town) {
		knows := b.knows
		slow := &late{Knower: knows, began: make(chan struct{}), goOn: make(chan struct{})}
		b.knows = slow
		stop := b.runs()
		conv := b.take(dm("how do refunds work?"))
		<-slow.began
		stop()
		if texts, _ := b.said(conv); len(texts) != 0 {
			t.Fatalf("before: %q", texts)
		}
		b.knows = knows
		stop = b.runs()
		b.until("the bot answers", func() bool {
			texts, _ := b.said(conv)
			return len(texts) > 0
		})
		stop()
		defer b.runs()()
		b.take(dm("thanks, and the refunds?"))
		b.until("the second answer", func() bool {
			texts, _ := b.said(conv)
			return len(texts) == 2
		})
	})
}
