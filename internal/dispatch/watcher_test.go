package dispatch_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/connector"
	"kefu/internal/dispatch"
	"kefu/internal/sqldb"
	"kefu/internal/store"
	"kefu/internal/storetest"
	"kefu/internal/switchboard"
)

// chat is a desk whose hooks only say where to look, and whose talks have a standing of their own.
type chat struct {
	mu    sync.Mutex
	n     int
	talks map[string]*talk
	down  bool
	// stuck refuses every change of a standing for good.
	stuck bool
	// beforeRead runs after the standing was read and before the messages are, outside the lock.
	beforeRead func()
	looks      int
	// Looks wait between reading and telling, and standings after they were carried out, while these are there.
	holdLooks, holdStandings chan struct{}
}

// hold holds looks or standings up, or lets them go.
func (c *chat) hold(looks, standings bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	set := func(gate *chan struct{}, on bool) {
		switch {
		case on && *gate == nil:
			*gate = make(chan struct{})
		case !on && *gate != nil:
			close(*gate)
			*gate = nil
		}
	}
	set(&c.holdLooks, looks)
	set(&c.holdStandings, standings)
}

func pass(ctx context.Context, gate chan struct{}) {
	if gate == nil {
		return
	}
	select {
	case <-gate:
	case <-ctx.Done():
	}
}

type talk struct {
	standing connector.Standing
	said     []said
	gone     bool
}

type said struct {
	id    int
	who   string // "" is ours
	text  string
	ours  kefu.DeliveryID
	note  bool
	agent bool
}

func newChat() *chat { return &chat{talks: map[string]*talk{}} }

func (c *chat) fault() error {
	if c.down {
		return &connector.SendError{Class: connector.Retryable, Scope: connector.ScopeThread, Reason: "down", Err: errors.New("down")}
	}
	return nil
}

func (c *chat) Open(_ context.Context, o connector.Opening) (connector.Thread, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.fault(); err != nil {
		return connector.Thread{}, err
	}
	c.n++
	id := "t" + strconv.Itoa(c.n)
	c.talks[id] = &talk{standing: connector.Standing{Status: kefu.StatusOpen, Priority: kefu.PriorityMedium}}
	for _, m := range o.History {
		c.n++
		c.talks[id].said = append(c.talks[id].said, said{id: c.n, text: m.Content.Text, ours: "history"})
	}
	return connector.Thread{ExternalID: id, Name: o.Name, Base: c.talks[id].standing}, nil
}

func (c *chat) Send(_ context.Context, out connector.Outbound) (connector.Receipt, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.fault(); err != nil {
		return connector.Receipt{}, err
	}
	t := c.talks[out.Thread.ExternalID]
	if t == nil || t.gone {
		return connector.Receipt{}, &connector.SendError{Class: connector.Gone, Scope: connector.ScopeThread, Reason: "gone"}
	}
	c.n++
	t.said = append(t.said, said{id: c.n, text: out.Message.Content.Text, ours: out.DeliveryID, note: out.Message.Private})
	return connector.Receipt{Parts: []connector.Part{{ExternalID: strconv.Itoa(c.n)}}}, nil
}

func (c *chat) SendStanding(ctx context.Context, t connector.Thread, now, base connector.Standing) (connector.Standing, error) {
	s, gate, err := c.carry(t, now, base)
	pass(ctx, gate)
	return s, err
}

func (c *chat) carry(t connector.Thread, now, base connector.Standing) (has connector.Standing, gate chan struct{}, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.fault(); err != nil {
		return has, nil, err
	}
	if c.stuck {
		return base, nil, &connector.SendError{Class: connector.Permanent, Scope: connector.ScopeThread, Reason: "not allowed"}
	}
	s := &c.talks[t.ExternalID].standing
	if now.Status != base.Status {
		s.Status, s.SnoozedUntil = now.Status, now.SnoozedUntil
	}
	if now.Priority != base.Priority {
		s.Priority = now.Priority
	}
	if now.Assignee != base.Assignee {
		s.Assignee, s.AssigneeName = now.Assignee, now.AssigneeName
	}
	for _, l := range now.Labels {
		if !slices.Contains(base.Labels, l) && !slices.Contains(s.Labels, l) {
			s.Labels = append(slices.Clone(s.Labels), l)
		}
	}
	s.Labels = slices.DeleteFunc(slices.Clone(s.Labels), func(l string) bool { return slices.Contains(base.Labels, l) && !slices.Contains(now.Labels, l) })
	slices.Sort(s.Labels)
	return *s, c.holdStandings, nil
}

func (c *chat) Look(ctx context.Context, t connector.Thread, emit connector.Emit) error {
	c.mu.Lock()
	c.looks++
	if err := c.fault(); err != nil {
		c.mu.Unlock()
		return err
	}
	talk := c.talks[t.ExternalID]
	if talk == nil || talk.gone {
		c.mu.Unlock()
		return &connector.SendError{Class: connector.Gone, Scope: connector.ScopeThread, Reason: "gone"}
	}
	standing := talk.standing
	hold := c.beforeRead
	c.mu.Unlock()
	if hold != nil {
		hold()
	}
	c.mu.Lock()
	all, gate := slices.Clone(talk.said), c.holdLooks
	c.mu.Unlock()
	pass(ctx, gate)
	after, _ := strconv.Atoi(t.Cursor)
	for _, m := range all {
		if m.id <= after {
			continue
		}
		after = m.id
		if m.ours != "" {
			continue
		}
		in := connector.Inbound{Kind: connector.InMessage, Key: "m:" + strconv.Itoa(m.id), ThreadID: t.ExternalID, ExternalID: strconv.Itoa(m.id), Note: m.note,
			Sender: connector.Sender{Kind: kefu.AuthorAgent, ID: m.who, Name: m.who}, Content: kefu.Content{Text: m.text}, Cursor: strconv.Itoa(m.id), OccurredAt: time.Now()}
		if _, err := emit(ctx, in); err != nil {
			return err
		}
	}
	_, err := emit(ctx, connector.Inbound{Kind: connector.InStanding, ThreadID: t.ExternalID, Standing: &standing, Cursor: strconv.Itoa(after)})
	return err
}

func (c *chat) Changed(context.Context, time.Time) ([]string, error) { return nil, nil }
func (c *chat) LookEvery() time.Duration                             { return 0 }

// do changes a talk as its people do.
func (c *chat) do(id string, fn func(*talk)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	fn(c.talks[id])
}

func (c *chat) say(id, who, text string, note bool) {
	c.do(id, func(t *talk) {
		c.n++
		t.said = append(t.said, said{id: c.n, who: who, text: text, note: note, agent: true})
	})
}

func (c *chat) see(id string) (s connector.Standing, texts []string) {
	c.do(id, func(t *talk) {
		s = t.standing
		for _, m := range t.said {
			texts = append(texts, m.text)
		}
	})
	return s, texts
}

// watching runs fn with a shop whose tickets are answered from a chat, with dispatcher and watcher running.
func watching(t *testing.T, fn func(t *testing.T, r *rig, c *chat)) {
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
		c, quiet := newChat(), slog.New(slog.DiscardHandler)
		r := &rig{t: t, store: s, bus: bus.New(), shop: newRemote()}
		r.Switchboard = switchboard.New(s, r.bus, files{}, nil, quiet, []switchboard.Inbox{{ID: "shop", Channel: "shop", Desks: []kefu.InboxID{"chat"}},
			{ID: "chat", Channel: "chat", Desk: true, Stands: true, Marks: true, Reticent: true}})
		ctx, cancel := context.WithCancel(t.Context())
		leave, err := db.HoldPresence(ctx, "n")
		if err != nil {
			t.Fatal(err)
		}
		d := dispatch.New(dispatch.Options{Store: s, Switchboard: r.Switchboard, Bus: r.bus, Log: quiet, Node: "n", Targets: []dispatch.Target{
			{Inbox: "shop", Connector: r.shop, Looks: true}, {Inbox: "chat", Connector: c, Can: connector.AbilitiesOf(c), Looks: true}}})
		w := &dispatch.Watcher{Inbox: "chat", Watcher: c, Switchboard: r.Switchboard, State: switchboard.State{Store: s, Inbox: "chat"}, Store: s, Bus: r.bus, Node: "n",
			Log: quiet, Recovered: func(int) {}}
		var running sync.WaitGroup
		running.Go(func() { _ = d.Run(ctx) })
		running.Go(func() { _ = w.Run(ctx) })
		t.Cleanup(func() {
			cancel()
			running.Wait()
			leave()
		})
		fn(t, r, c)
	})
}

// ticket opens a ticket whose talk is there when it returns.
func (r *rig) ticket(c *chat, name string) (conv kefu.ConversationID, thread string) {
	r.t.Helper()
	r.shop.mu.Lock()
	r.shop.threads[name] = nil
	r.shop.mu.Unlock()
	res := r.take("shop", connector.Inbound{Kind: connector.InOpen, ThreadID: name, Title: "t", Content: kefu.Content{Text: "open " + name},
		Sender: connector.Sender{Kind: kefu.AuthorContact, Name: "Demo"}})
	r.until("the talk is open", func() bool {
		links := r.links(res.ConversationID)
		thread = links[len(links)-1].ExternalID
		return thread != "" && !r.queued(res.ConversationID)
	})
	return res.ConversationID, thread
}

func (r *rig) links(id kefu.ConversationID) (links []store.Link) {
	r.t.Helper()
	if err := r.store.View(r.t.Context(), func(tx *store.Tx) (err error) {
		links, err = tx.Links(id)
		return err
	}); err != nil {
		r.t.Fatal(err)
	}
	return links
}

// queued tells whether something is on its way to the talk of a conversation, or is to be read there.
func (r *rig) queued(id kefu.ConversationID) (waits bool) {
	r.t.Helper()
	if err := r.store.View(r.t.Context(), func(tx *store.Tx) error {
		links, err := tx.Links(id)
		if err != nil {
			return err
		}
		for _, l := range links {
			seq, err := tx.FirstPendingSeq(string(l.ID))
			if err != nil {
				return err
			}
			due, err := tx.StandingDue(l.ID)
			if err != nil {
				return err
			}
			waits = waits || due || seq < 1<<40
		}
		n, err := tx.Looks("chat")
		waits = waits || n > 0
		return err
	}); err != nil {
		r.t.Fatal(err)
	}
	return waits
}

func (r *rig) standing(id kefu.ConversationID) (s connector.Standing) {
	r.t.Helper()
	if err := r.store.View(r.t.Context(), func(tx *store.Tx) (err error) {
		s, err = r.StandingOf(tx, id, "chat")
		return err
	}); err != nil {
		r.t.Fatal(err)
	}
	return s
}

func (r *rig) hook(thread string) {
	r.t.Helper()
	r.take("chat", connector.Inbound{Kind: connector.InLook, ThreadID: thread})
}

func (r *rig) change(id kefu.ConversationID, ch switchboard.ConversationChange) error {
	_, err := r.UpdateConversation(r.t.Context(), kefu.Ask{Caller: kefu.Caller{Kind: kefu.CallerSystem}}, id, ch)
	return err
}

// relabel puts a label on or takes it off, of the labels that are there at that moment.
func (r *rig) relabel(id kefu.ConversationID, name string, on bool) error {
	system := kefu.Caller{Kind: kefu.CallerSystem}
	for range 100 {
		now, err := r.Conversation(r.t.Context(), system, id)
		if err != nil {
			return err
		}
		_, err = r.UpdateConversation(r.t.Context(), kefu.Ask{Caller: system, IfMatch: kefu.ETag(now)}, id,
			switchboard.ConversationChange{Labels: kefu.Some(with(now.Labels, name, on))})
		if kefu.KindOf(err) != kefu.KindPrecondition {
			return err
		}
	}
	return errors.New("somebody else is always faster")
}

func (r *rig) agents(c *chat, names ...string) map[string]kefu.AgentID {
	r.t.Helper()
	_, thread := r.ticket(c, "agents")
	for _, n := range names {
		c.say(thread, n, "hello", true)
	}
	r.hook(thread)
	out := make(map[string]kefu.AgentID, len(names))
	r.until("the agents are known", func() bool {
		for _, n := range names {
			_ = r.store.View(r.t.Context(), func(tx *store.Tx) error {
				_, id, err := tx.Identity("chat", n)
				if id != "" {
					out[n] = id
				}
				return err
			})
		}
		return len(out) == len(names)
	})
	return out
}

func alikeStandings(a, b connector.Standing) bool {
	return a.Status == b.Status && a.Priority == b.Priority && a.Assignee == b.Assignee && slices.Equal(a.Labels, b.Labels)
}

// TestBothSidesConvergeWhateverBecomesOfTheHooks lets people on both sides change and say things at once, and loses, doubles and delays
// what tells of it.
func TestBothSidesConvergeWhateverBecomesOfTheHooks(t *testing.T) {
	watching(t, func(t *testing.T, r *rig, c *chat) {
		who := r.agents(c, "amy", "bob")
		if _, err := r.CreateLabel(t.Context(), kefu.Ask{Caller: kefu.Caller{Kind: kefu.CallerSystem}}, switchboard.LabelChange{Name: kefu.Some("x")}); err != nil {
			t.Fatal(err)
		}
		n := 0
		rapid.Check(t, func(rt *rapid.T) {
			n++
			name := fmt.Sprintf("k%d", n)
			conv, thread := r.ticket(c, name)
			var fromDesk, fromCustomer []string
			var x, z bool // the label that is put on and taken off here only, and the one there only
			for i := range rapid.IntRange(1, 10).Draw(rt, "steps") {
				text := fmt.Sprintf("%s.%d", name, i)
				switch rapid.SampledFrom([]string{"say", "say", "write", "write", "labels here", "labels there", "labels there", "urgent here", "low there", "assign here", "assign there",
					"close here", "close there", "open there", "pending there"}).Draw(rt, "step") {
				case "say":
					c.say(thread, "amy", text, false)
					fromDesk = append(fromDesk, text)
				case "write":
					r.take("shop", connector.Inbound{Kind: connector.InMessage, ThreadID: name, Content: kefu.Content{Text: text}, Sender: connector.Sender{Kind: kefu.AuthorContact, Name: "Demo"}})
					fromCustomer = append(fromCustomer, text)
				case "labels here":
					x = !x
					if err := r.relabel(conv, "x", x); err != nil {
						rt.Fatal(err)
					}
				case "labels there":
					z = !z
					c.do(thread, func(t *talk) { t.standing.Labels = with(t.standing.Labels, "new", z) })
				case "urgent here":
					_ = r.change(conv, switchboard.ConversationChange{Priority: kefu.Some(kefu.PriorityUrgent)})
				case "low there":
					c.do(thread, func(t *talk) { t.standing.Priority = kefu.PriorityLow })
				case "assign here":
					_ = r.change(conv, switchboard.ConversationChange{AssigneeID: kefu.Some(who["bob"])})
				case "assign there":
					c.do(thread, func(t *talk) { t.standing.Assignee, t.standing.AssigneeName = "amy", "amy" })
				case "close here":
					_ = r.change(conv, switchboard.ConversationChange{Status: kefu.Some(kefu.StatusClosed)})
				case "close there":
					c.do(thread, func(t *talk) { t.standing.Status = kefu.StatusClosed })
				case "open there":
					c.do(thread, func(t *talk) { t.standing.Status = kefu.StatusOpen })
				case "pending there":
					c.do(thread, func(t *talk) { t.standing.Status = kefu.StatusPending })
				}
				c.hold(rapid.Bool().Draw(rt, "hold looks"), rapid.Bool().Draw(rt, "hold standings"))
				for range rapid.IntRange(0, 2).Draw(rt, "hooks") { // lost, one, doubled
					r.hook(thread)
				}
			}
			c.hold(false, false)
			if err := r.AskLooks(t.Context(), "chat", []string{thread}); err != nil { // the comparison at intervals
				t.Fatal(err)
			}
			r.bus.Signal(bus.Looks)
			deadline := time.Now().Add(patience)
			for tick := time.NewTicker(2 * time.Millisecond); ; <-tick.C {
				there, _ := c.see(thread)
				if here := r.standing(conv); !r.queued(conv) && alikeStandings(here, there) {
					break
				} else if time.Now().After(deadline) {
					rt.Fatalf("here %+v, there %+v, waits %v", here, there, r.queued(conv))
				}
			}
			there, texts := c.see(thread)
			if slices.Contains(there.Labels, "x") != x || slices.Contains(there.Labels, "new") != z {
				rt.Fatalf("x was %v here, new was %v there, and left is %v", x, z, there.Labels)
			}
			if got := only(texts, fromCustomer); !slices.Equal(got, fromCustomer) {
				rt.Fatalf("the desk has %v of %v", texts, fromCustomer)
			}
			if got := only(r.stored(conv), fromDesk); !slices.Equal(got, fromDesk) {
				rt.Fatalf("Kefu has %v of %v", got, fromDesk)
			}
		})
	})
}

// with is labels with or without one of them.
func with(labels []string, name string, on bool) []string {
	out := slices.DeleteFunc(slices.Clone(labels), func(l string) bool { return l == name })
	if on {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

func only(all, of []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return !slices.Contains(of, s) })
}

// TestAWordThatCameBeforeTheEndIsNotShutOut closes a talk behind the agent's last word: the look that finds both lets the word out first.
func TestAWordThatCameBeforeTheEndIsNotShutOut(t *testing.T) {
	watching(t, func(t *testing.T, r *rig, c *chat) {
		_, thread := r.ticket(c, "33")
		once := sync.Once{}
		c.mu.Lock()
		c.beforeRead = func() {
			once.Do(func() { // after the standing was read
				c.say(thread, "amy", "bye", false)
				c.do(thread, func(t *talk) { t.standing.Status = kefu.StatusClosed })
			})
		}
		c.mu.Unlock()
		r.hook(thread)
		r.shop.has(t, "33", "bye")
		r.hook(thread)
		r.until("it is closed", func() bool { return r.standing(r.conversation("shop", "33")).Status == kefu.StatusClosed })
	})
}

// TestWhatADeskRefusesToShowIsNotUndoneHere has a desk that refuses every change, and is read after each.
func TestWhatADeskRefusesToShowIsNotUndoneHere(t *testing.T) {
	watching(t, func(t *testing.T, r *rig, c *chat) {
		who := r.agents(c, "amy", "bob")
		if _, err := r.CreateLabel(t.Context(), kefu.Ask{Caller: kefu.Caller{Kind: kefu.CallerSystem}}, switchboard.LabelChange{Name: kefu.Some("x")}); err != nil {
			t.Fatal(err)
		}
		conv, thread := r.ticket(c, "33")
		c.do(thread, func(t *talk) {
			t.standing = connector.Standing{Status: kefu.StatusClosed, Priority: kefu.PriorityLow, Labels: []string{"new"}, Assignee: "amy", AssigneeName: "amy"}
		})
		r.hook(thread)
		r.until("what is there is here", func() bool { there, _ := c.see(thread); return alikeStandings(r.standing(conv), there) })

		c.mu.Lock()
		c.stuck = true
		c.mu.Unlock()
		change := switchboard.ConversationChange{Status: kefu.Some(kefu.StatusOpen), Priority: kefu.Some(kefu.PriorityUrgent), AssigneeID: kefu.Some(who["bob"]),
			Labels: kefu.Some([]string{"x"})}
		if err := r.change(conv, change); err != nil {
			t.Fatal(err)
		}
		want := r.standing(conv)
		if want.Status != kefu.StatusOpen || want.Assignee != "bob" || !slices.Equal(want.Labels, []string{"x"}) {
			t.Fatalf("changed to %+v", want)
		}
		r.until("it was refused", func() bool { return !r.queued(conv) })
		c.mu.Lock()
		looks := c.looks
		c.mu.Unlock()
		r.hook(thread)
		r.until("it was read again", func() bool {
			c.mu.Lock()
			defer c.mu.Unlock()
			return c.looks > looks && !r.queued(conv)
		})
		if got := r.standing(conv); !alikeStandings(got, want) {
			t.Errorf("now it is %+v, and was %+v", got, want)
		}
	})
}

func (r *rig) conversation(inbox kefu.InboxID, thread string) kefu.ConversationID {
	r.t.Helper()
	found, _, err := r.Thread(r.t.Context(), inbox, thread)
	if err != nil {
		r.t.Fatal(err)
	}
	return found.ConversationID
}

// TestALookThatFailsIsMadeAgain keeps a hook while the desk cannot be asked.
func TestALookThatFailsIsMadeAgain(t *testing.T) {
	watching(t, func(t *testing.T, r *rig, c *chat) {
		_, thread := r.ticket(c, "33")
		c.mu.Lock()
		c.down = true
		before := c.looks
		c.mu.Unlock()
		c.say(thread, "amy", "hello", false)
		r.hook(thread)
		r.until("it was asked", func() bool {
			c.mu.Lock()
			defer c.mu.Unlock()
			return c.looks > before
		})
		c.mu.Lock()
		c.down = false
		c.mu.Unlock()
		r.shop.has(t, "33", "hello")
	})
}

// TestATalkIsRebuiltFromItsDesk begins with an empty store and a desk that has a talk.
func TestATalkIsRebuiltFromItsDesk(t *testing.T) {
	watching(t, func(t *testing.T, r *rig, c *chat) {
		was := &connector.Restore{ConversationID: "cnv_lost", ContactID: "con_lost", ContactName: "Demo", Inbox: "shop", Thread: "33", ThreadName: "#客-33", Subject: "t"}
		r.shop.mu.Lock()
		r.shop.threads["33"] = []string{"earlier"}
		r.shop.mu.Unlock()
		c.mu.Lock()
		c.n = 5
		c.talks["t9"] = &talk{standing: connector.Standing{Status: kefu.StatusOpen, Priority: kefu.PriorityMedium}}
		c.mu.Unlock()
		for range 2 { // it is found twice
			if res := r.take("chat", connector.Inbound{Kind: connector.InRestore, ThreadID: "t9", Restore: was}); res.ConversationID != "" && res.ConversationID != "cnv_lost" {
				t.Errorf("%+v", res)
			}
		}
		r.take("chat", connector.Inbound{Kind: connector.InMessage, History: true, Key: "m:1", ThreadID: "t9", Content: kefu.Content{Text: "earlier"},
			Sender: connector.Sender{Kind: kefu.AuthorAgent, ID: "amy", Name: "amy"}})
		c.say("t9", "amy", "now", false)
		r.hook("t9")
		r.shop.has(t, "33", "earlier now")
		r.take("shop", connector.Inbound{Kind: connector.InMessage, ThreadID: "33", Content: kefu.Content{Text: "thanks"}, Sender: connector.Sender{Kind: kefu.AuthorContact, Name: "Demo"}})
		r.until("the desk has the answer", func() bool {
			_, texts := c.see("t9")
			return strings.Join(texts, " ") == "now thanks"
		})
		if got := strings.Join(r.stored("cnv_lost"), " "); got != "earlier now thanks" {
			t.Errorf("stored %q", got)
		}
	})
}

// Mark tells the agents of a talk what did not arrive.
func (c *chat) Mark(_ context.Context, m connector.Mark) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
	t := c.talks[m.Thread.ExternalID]
	t.said = append(t.said, said{id: c.n, text: string(m.State) + ": " + m.Reason, ours: m.DeliveryID, note: true})
	return nil
}

func (c *chat) Reticent() bool { return true }

// TestADeskIsToldOnlyOfWhatDidNotArrive marks nothing of what arrived, and each failure once.
func TestADeskIsToldOnlyOfWhatDidNotArrive(t *testing.T) {
	watching(t, func(t *testing.T, r *rig, c *chat) {
		conv, thread := r.ticket(c, "33")
		c.say(thread, "amy", "one", false)
		r.hook(thread)
		r.shop.has(t, "33", "one")
		r.shop.fail(class(connector.Permanent, connector.ScopeThread))
		c.say(thread, "amy", "two", false)
		r.hook(thread)
		r.until("the desk is told", func() bool {
			_, texts := c.see(thread)
			return slices.Contains(texts, "failed: scripted")
		})
		r.until("all is done", func() bool { return !r.queued(conv) })
		_, texts := c.see(thread)
		if got := strings.Join(texts, "|"); got != "open 33|one|two|failed: scripted" {
			t.Errorf("the desk has %s", got)
		}
	})
}
