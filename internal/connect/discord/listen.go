package discord

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/discord"
)

const (
	intents = api.IntentGuilds | api.IntentGuildMessages | api.IntentDirectMessages | api.IntentMessageContent

	stateOK       = "ok"
	stateDegraded = "degraded"
	stateOff      = "off"

	// youngFor is how long after a channel was made it may be unknown to the rules: they learn of it once Open has returned.
	youngFor  = time.Minute
	youngAsk  = 100 * time.Millisecond
	youngAsks = 50
	// readersAtOnce bounds the channels that are read side by side after a lost session.
	readersAtOnce = 4
	// answersAtOnce bounds the answers to interactions that are on their way to Discord, of each kind.
	answersAtOnce = 64
)

// Listen holds the gateway until ctx ends. Without the privileged intent it goes on with commands and buttons only, and Report says so.
// *connector.FatalError when Discord refuses the bot for good.
func (c *Connector) Listen(ctx context.Context, emit connector.Emit) error {
	defer c.gatewayIs(nil, false)
	want := intents | c.membersIntent(ctx)
	err := c.hold(ctx, emit, want)
	var fatal *api.FatalError
	if errors.As(err, &fatal) && fatal.IntentsRefused() && want != intents {
		c.log.WarnContext(ctx, "discord: the server members intent is off: that a customer left is not noticed")
		err = c.hold(ctx, emit, intents)
	}
	if errors.As(err, &fatal) && fatal.IntentsRefused() {
		c.log.WarnContext(ctx, "discord: the message content intent is off: commands and buttons only; switch it on in the developer portal, under Bot")
		err = c.hold(ctx, emit, intents&^api.PrivilegedIntents)
	}
	if errors.As(err, &fatal) {
		return &connector.FatalError{Words: fatal.Words, Err: err}
	}
	return err
}

// membersIntent asks to be told who leaves the server, if the bot may and anybody wants to know.
func (c *Connector) membersIntent(ctx context.Context) api.Intents {
	if !c.set.community.on {
		return 0
	}
	app, err := c.api.CurrentApplication(ctx)
	if err != nil || !app.Flags.GuildMembers() {
		return 0
	}
	return api.IntentGuildMembers
}

func (c *Connector) hold(ctx context.Context, emit connector.Emit, want api.Intents) error {
	ctx, cancel := context.WithCancel(ctx)
	session := api.NewSession(api.SessionOptions{Client: c.api, Intents: want, Timing: c.timing})
	l := &listener{
		c: c, ctx: ctx, emit: emit, lanes: newLanes(), readTo: map[string]string{}, catchUp: func() {},
		reads: want&api.IntentMessageContent != 0, firsts: make(chan struct{}, answersAtOnce), answers: make(chan struct{}, answersAtOnce),
		members: make(chan struct{}, membersAtOnce),
	}
	c.gatewayIs(session, !l.reads)
	err := session.Run(ctx, l)
	cancel()
	l.work.Wait()
	l.lanes.wait()
	return err
}

// gatewayIs notes the session that Report speaks of.
func (c *Connector) gatewayIs(s *api.Session, commandsOnly bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.live, c.commandsOnly = s, commandsOnly
}

// listener takes in what one session tells.
type listener struct {
	c     *Connector
	ctx   context.Context // of the session; work in lanes ends with it
	emit  connector.Emit
	lanes *lanes
	reads bool // texts of messages are seen

	work sync.WaitGroup
	// firsts bounds the first answers on their way, answers the final ones. They are two: who gives a first answer may wait for a lane,
	// and a lane for a final answer.
	firsts, answers chan struct{}
	members         chan struct{} // held by members who are being answered

	mu      sync.Mutex
	epoch   int               // sessions begun
	began   time.Time         // when the last one did
	readTo  map[string]string // channels read since the session began, and up to which message
	catchUp func()            // ends the reading that the last session began
}

// Ready begins a session: what was missed is read back, channel by channel.
func (l *listener) Ready(ctx context.Context, r api.Ready, resumed bool) {
	if resumed {
		return
	}
	l.c.setSelf(r.User)
	l.c.forgetGuild()
	l.c.api.Reset()
	reading, cancel := context.WithCancel(ctx)
	l.mu.Lock()
	l.catchUp()
	l.catchUp = cancel
	l.epoch++
	l.began = l.c.deps.Now()
	clear(l.readTo)
	l.mu.Unlock()
	l.work.Go(func() {
		defer cancel()
		l.c.registerCommands(reading, r.Application.ID)
		l.c.registerDirect(reading, r.Application.ID)
		l.readAll(reading)
	})
}

// readAll reads every open thread, a few at a time, each in its own lane so that live events wait behind.
func (l *listener) readAll(ctx context.Context) {
	var threads []connector.Thread
	err := untilTaken(ctx, func() (err error) {
		threads, err = l.c.deps.Directory.Threads(ctx)
		return err
	})
	if err != nil {
		return
	}
	var group errgroup.Group
	group.SetLimit(readersAtOnce)
	for _, t := range threads {
		if !l.c.hasChannel(t) {
			continue
		}
		group.Go(func() error {
			done := make(chan struct{})
			if l.lanes.add(ctx, t.ExternalID, func() { defer close(done); l.catchUpOn(ctx, t.ExternalID, "") }) == nil {
				<-done
			}
			return nil
		})
	}
	_ = group.Wait() // the jobs log what went wrong; none of them fails the others
}

// hasChannel tells whether a thread is a channel that people write in: a report's is not, and a board's is a post.
func (c *Connector) hasChannel(t connector.Thread) bool {
	_, report := reporter(t.ExternalID)
	return t.ExternalID != "" && t.Role != kefu.RoleBoard && !report && (t.Role != kefu.RoleCustomer || c.set.community.on)
}

// catchUpOn reads a channel from its cursor, up to a message that has come live, unless that was done in this session. It reports
// whether the thread is there.
func (l *listener) catchUpOn(ctx context.Context, channel, until string) bool {
	l.mu.Lock()
	_, done := l.readTo[channel]
	epoch := l.epoch
	l.mu.Unlock()
	if done {
		return true
	}
	var last string
	there := false
	err := untilTaken(ctx, func() (err error) {
		last, there, err = l.read(ctx, channel, until)
		return err
	})
	if err != nil || !there {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if epoch == l.epoch {
		l.readTo[channel] = last
	}
	return true
}

// read reads a channel once. A channel that Kefu may not read cannot be caught up on, and must not hold up what comes live.
func (l *listener) read(ctx context.Context, channel, until string) (last string, there bool, err error) {
	t, known, err := l.c.deps.Directory.Thread(ctx, channel)
	if err != nil || !known {
		return "", false, err
	}
	n, last, err := l.c.readOn(ctx, t, reading{emit: l.emit, until: until, live: l.sessionBegan()})
	if n > 0 {
		l.c.log.InfoContext(ctx, "discord: messages recovered", "ticket", t.TicketNumber, "messages", n)
	}
	switch {
	case channelGone(err):
		return "", false, l.emitGone(ctx, t, true)
	case refusedRead(err):
		l.c.log.ErrorContext(ctx, "discord: what was missed cannot be read: run kefu doctor", "channel_id", channel, "err", err)
		return last, true, nil
	}
	return last, true, err
}

// refusedRead tells whether Discord refuses to let the channel be read, for a reason that waiting does not mend.
func refusedRead(err error) bool {
	status := statusOf(err)
	return status >= 400 && status < 500 && status != http.StatusTooManyRequests && status != http.StatusUnauthorized
}

func (l *listener) sessionBegan() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.began
}

func (l *listener) emitGone(ctx context.Context, t connector.Thread, reopen bool) error {
	_, err := l.emit(ctx, connector.Inbound{
		Kind: connector.InGone, Key: "g:" + t.ExternalID, ThreadID: t.ExternalID, Reopen: reopen && !t.Closed, OccurredAt: l.c.deps.Now(),
	})
	if refusedForGood(err) {
		return nil
	}
	return err
}

// refusedForGood tells whether the rules will never take it: trying again would hold up the channel for nothing.
func refusedForGood(err error) bool {
	switch kefu.KindOf(err) {
	case kefu.KindInvalid, kefu.KindMalformed, kefu.KindTooLarge, kefu.KindNotFound:
		return true
	}
	return false
}

// untilTaken repeats work until it succeeds, with pauses that grow to 10 s, and gives up with ctx only: what came in must not be lost
// because the store or Discord is away for a while.
func untilTaken(ctx context.Context, work func() error) error {
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 10*time.Second) {
		err := work()
		if err == nil {
			return nil
		}
		if wait, ok := shortWait(err); ok {
			pause = max(pause, wait)
		}
		if !rest(ctx, pause) {
			return ctx.Err()
		}
	}
}

// rest waits, and tells whether ctx still lives.
func rest(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// decode reads an event; what cannot be read can never be taken, and is passed over.
func decode[T any](l *listener, event string, data json.RawMessage) (T, bool) {
	var v T
	if err := json.Unmarshal(data, &v); err != nil {
		l.c.log.Warn("discord: event cannot be read", "event", event, "err", err)
		return v, false
	}
	return v, true
}
