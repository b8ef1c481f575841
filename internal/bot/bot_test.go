package bot_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"kefu"
	"kefu/internal/bot"
	"kefu/internal/sqldb"
)

func TestEachTurnIsAnsweredOnce(t *testing.T) {
	each(t, func(b *table) {
		nodes := []string{"one"}
		if b.store.DB().Dialect() == sqldb.PostgreSQL {
			nodes = append(nodes, "two")
		}
		for _, n := range nodes {
			defer b.runs(n)()
		}
		const many = 60
		for i := range many {
			b.ask(fmt.Sprint("c", i%20), fmt.Sprint("c", i%20))
		}
		b.until("all are answered", func() bool { return len(b.waiting) == 0 })
		n := 0
		for _, all := range b.posted {
			n += len(all)
		}
		if n != many || b.twice {
			t.Errorf("%d answers to %d turns, twice %v", n, many, b.twice)
		}
	})
}

func TestEightAreAnsweredAtOnceAndOthersGoOn(t *testing.T) {
	each(t, func(b *table) {
		slow := make(chan struct{})
		b.know = func(ctx context.Context, text string) (kefu.BotAnswer, error) {
			if text[0] == 's' {
				select {
				case <-slow:
				case <-ctx.Done():
				}
			}
			return kefu.BotAnswer{Text: text}, ctx.Err()
		}
		for i := range 7 {
			b.ask(fmt.Sprint("s", i), fmt.Sprint("s", i))
		}
		defer b.runs("one")()
		b.until("the slow ones have begun", func() bool { return b.most == 7 })
		for i := range 30 {
			b.ask(fmt.Sprint("q", i), fmt.Sprint("q", i))
		}
		b.until("the quick ones are answered", func() bool { return len(b.waiting) == 7 })
		for i := range 30 {
			b.ask(fmt.Sprint("s1", i), fmt.Sprint("s1", i))
		}
		b.until("all places are taken", func() bool { return b.most == 8 })
		close(slow)
		b.until("all are answered", func() bool { return len(b.waiting) == 0 })
		if b.most != 8 || b.twice {
			t.Errorf("%d at once, one conversation twice %v", b.most, b.twice)
		}
	})
}

func TestAfterFiveAttemptsAPersonIsCalled(t *testing.T) {
	each(t, func(b *table) {
		b.know = func(context.Context, string) (kefu.BotAnswer, error) { return kefu.BotAnswer{}, errors.New("broken") }
		b.ask("c", "c")
		defer b.runs("one")()
		b.until("there is an answer", func() bool { return len(b.posted["c"]) > 0 })
		b.mu.Lock()
		defer b.mu.Unlock()
		if got := b.posted["c"][0]; !got.Person || got.Reason != bot.ReasonError || got.Text != "" || len(b.posted["c"]) != 1 {
			t.Errorf("%+v", b.posted["c"])
		}
		if want := []time.Duration{1e9, 2e9, 4e9, 8e9, 8e9}; !slices.Equal(b.putOff, want) {
			t.Errorf("it waited %v, want %v", b.putOff, want)
		}
	})
}

func TestAnAnswerThatCannotBeStoredIsTriedAgain(t *testing.T) {
	each(t, func(b *table) {
		b.refuse = 3
		b.ask("c", "c")
		defer b.runs("one")()
		b.until("it is answered", func() bool { return len(b.waiting) == 0 })
		b.mu.Lock()
		defer b.mu.Unlock()
		if len(b.posted["c"]) != 1 || len(b.putOff) != 3 || b.posted["c"][0].Person {
			t.Errorf("%+v after %v", b.posted["c"], b.putOff)
		}
	})
}

func TestAStopLeavesTheTurnAsItIs(t *testing.T) {
	each(t, func(b *table) {
		began := make(chan struct{})
		b.know = func(ctx context.Context, _ string) (kefu.BotAnswer, error) {
			close(began)
			<-ctx.Done()
			return kefu.BotAnswer{}, ctx.Err()
		}
		b.ask("c", "c")
		stop := b.runs("one")
		<-began
		stop()
		if len(b.waiting) != 1 || b.waiting[0].Attempts != 0 || len(b.putOff) != 0 || len(b.posted) != 0 {
			t.Fatalf("after the stop: %+v, put off %v", b.waiting, b.putOff)
		}
		b.know = nil
		defer b.runs("two")()
		b.until("it is answered after the restart", func() bool { return len(b.posted["c"]) == 1 })
	})
}
