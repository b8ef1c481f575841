package bot

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"time"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/store"
)

const (
	// places bounds the turns that are answered at once: the writer may take seconds for each.
	places = 8
	// mostAttempts is after how many a person is called.
	mostAttempts = 5
	// answerTime bounds the answer to one turn, the posting included.
	answerTime = 90 * time.Second
	// lookAnyway is how often turns are looked for without a signal.
	lookAnyway = time.Second
	leaseName  = "bot"
)

// ReasonError is why a person is called when there is no answer because something is broken.
const ReasonError = "error"

// Board is where turns come from and answers go to: the switchboard.
type Board interface {
	// Turns lists turns that are due, each with all that waits in its conversation.
	Turns(ctx context.Context, limit int) ([]kefu.BotTurn, error)
	// AnswerTurn posts an answer and ends its turn; false when nobody waits for it any more.
	AnswerTurn(ctx context.Context, t kefu.BotTurn, a kefu.BotAnswer) (posted bool, err error)
	// PutOffTurn counts an attempt that failed, and has the turn wait.
	PutOffTurn(ctx context.Context, t kefu.BotTurn, delay time.Duration) error
}

// Knower has the answers: the knowledge base.
type Knower interface {
	Say(ctx context.Context, text string, locale kefu.Locale) (kefu.BotAnswer, error)
}

// Answerer answers turns.
type Answerer struct {
	Switchboard Board
	Knowledge   Knower
	Store       *store.Store
	Bus         *bus.Bus
	Log         *slog.Logger
	// Node names this process in the lease. On SQLite there is one process, and no lease.
	Node string
	// Look is how often turns are looked for without a signal; 0 is every second.
	Look time.Duration
	// Answered is told of each answer that was posted. Nil tells nobody; it must not block.
	Answered func(a kefu.BotAnswer, took time.Duration)
}

// Run answers until ctx ends, and returns nil. What is being answered then stays a turn.
func (a *Answerer) Run(ctx context.Context) error {
	store.Lease{Store: a.Store, Name: leaseName, Node: a.Node, Log: a.Log}.Keep(ctx, a.work)
	return nil
}

// work answers while this node is the one that does.
func (a *Answerer) work(ctx context.Context) {
	d := desk{Answerer: a, flying: map[kefu.ConversationID]bool{}}
	defer d.answering.Wait()
	_ = a.Bus.Work(ctx, bus.BotTurns, func(ctx context.Context) time.Duration {
		d.round(ctx)
		return cmp.Or(a.Look, lookAnyway)
	})
}

// desk is the turns that are being answered.
type desk struct {
	*Answerer

	answering sync.WaitGroup
	mu        sync.Mutex
	flying    map[kefu.ConversationID]bool
}

// busy lists the conversations that are being answered.
func (d *desk) busy() map[kefu.ConversationID]bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := make(map[kefu.ConversationID]bool, len(d.flying))
	for id := range d.flying {
		all[id] = true
	}
	return all
}

// round begins to answer what is due, as far as there is place.
func (d *desk) round(ctx context.Context) {
	// Who is busy is asked before the turns are read: what ends in between would be read as if it had not begun.
	busy := d.busy()
	free := places - len(busy)
	if free <= 0 {
		return // the next that ends has the loop look again
	}
	turns, err := d.Switchboard.Turns(ctx, len(busy)+free)
	if err != nil {
		if ctx.Err() == nil {
			d.Log.WarnContext(ctx, "the bot waits: the database does not answer", "error", err)
		}
		return
	}
	for _, t := range turns {
		if busy[t.ConversationID] || free == 0 {
			continue
		}
		busy[t.ConversationID] = true
		free--
		d.begin(ctx, t)
	}
}

// begin answers a turn beside the others.
func (d *desk) begin(ctx context.Context, t kefu.BotTurn) {
	d.mu.Lock()
	d.flying[t.ConversationID] = true
	d.mu.Unlock()
	d.answering.Go(func() {
		well := d.answer(ctx, t)
		d.mu.Lock()
		delete(d.flying, t.ConversationID)
		d.mu.Unlock()
		if well { // else the turn waits, or the database does: the clock has it looked at again
			d.Bus.Signal(bus.BotTurns)
		}
	})
}
