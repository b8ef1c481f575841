package switchboard_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/connector"
	"kefu/internal/sqldb"
	"kefu/internal/store"
	"kefu/internal/storetest"
	"kefu/internal/switchboard"
)

// town is a board with an inbox that receives its members by itself: the bot first, two desks behind it.
func town(t *testing.T, change func(*switchboard.Inbox), fn func(t *testing.T, b *village)) {
	storetest.Each(t, func(t *testing.T, url string) {
		c := &clock{}
		db, err := sqldb.Open(t.Context(), url, sqldb.Options{Clock: c.now})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		s := store.New(db)
		if _, err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		in := switchboard.Inbox{ID: "town", Channel: "discord", Name: "Town", Desks: []kefu.InboxID{"guild", "second"},
			Reception: connector.Reception{Bot: true, Tells: true, Rates: true, Patience: time.Hour}}
		if change != nil {
			change(&in)
		}
		inboxes := []switchboard.Inbox{in, {ID: "guild", Channel: "discord", Name: "Guild"}, {ID: "second", Channel: "discord", Name: "Second", Desk: true}}
		signals := bus.New()
		fn(t, &village{board: &board{switchboard.New(s, signals, vault{}, box{}, slog.New(slog.DiscardHandler), inboxes), t, s, c, signals}, got: map[place][]received{}})
	})
}

// dm is what a member writes in their direct messages.
func dm(member, text string) connector.Inbound {
	return connector.Inbound{Kind: connector.InMessage, ThreadID: "dm-" + member, Content: kefu.Content{Text: text}, Title: kefu.Excerpt(text, 80),
		Sender: connector.Sender{Kind: kefu.AuthorContact, ID: member, Name: member, Via: "Discord", Locale: kefu.LocaleEnglish}}
}

// presses is what a member asks for by a button; pairs are its arguments.
func presses(member, name string, pairs ...string) connector.Inbound {
	in := connector.Inbound{Kind: connector.InCommand, ThreadID: "dm-" + member, Command: &connector.Command{Name: name, Args: map[string]string{}},
		Sender: connector.Sender{Kind: kefu.AuthorContact, ID: member, Name: member}}
	for i := 0; i+1 < len(pairs); i += 2 {
		in.Command.Args[pairs[i]] = pairs[i+1]
	}
	return in
}

func (b *village) turn() kefu.BotTurn {
	b.t.Helper()
	turns, err := b.Turns(b.t.Context(), 10)
	if err != nil || len(turns) != 1 {
		b.t.Fatalf("turns: %+v, %v", turns, err)
	}
	return turns[0]
}

func (b *village) answers(t kefu.BotTurn, a kefu.BotAnswer) bool {
	b.t.Helper()
	posted, err := b.AnswerTurn(b.t.Context(), t, a)
	if err != nil {
		b.t.Fatal(err)
	}
	return posted
}

func (b *village) conversation(id kefu.ConversationID) (c store.Conversation, t kefu.Ticket) {
	b.t.Helper()
	b.view(func(tx *store.Tx) (err error) {
		if c, err = tx.Conversation(id); err == nil {
			t, err = tx.TicketOf(id)
		}
		return err
	})
	return c, t
}

// village is a board that remembers what the links were sent.
type village struct {
	*board
	got map[place][]received
}

// place is a link's conversation, inbox and side.
type place struct {
	conv  kefu.ConversationID
	inbox kefu.InboxID
	role  kefu.LinkRole
}

// received is a message (Kind is "") or a change of status that a link was sent.
type received struct {
	connector.StatusChange
	text string
}

// send sends everything that is due for an inbox, in order.
func (b *village) send(inbox kefu.InboxID) {
	b.t.Helper()
	for more := true; more; {
		b.alter(func(tx *store.Tx) error {
			claimed, err := tx.Claim(inbox, "test", 100)
			if err != nil {
				return err
			}
			more = len(claimed) > 0
			all := tx.Batch()
			for _, d := range claimed {
				all.Finish(d.Delivery, "test", store.Finish{State: kefu.DeliveryDelivered})
				all.Promote(d.Line)
				if err := b.receive(tx, d); err != nil {
					return err
				}
			}
			_, err = all.Run()
			return err
		})
	}
}

func (b *village) receive(tx *store.Tx, d store.Delivery) error {
	l, err := tx.Link(d.LinkID)
	if err != nil {
		return err
	}
	var r received
	switch d.Kind {
	case kefu.DeliverStatus:
		err = json.Unmarshal(d.Payload, &r.StatusChange)
	case kefu.DeliverMessage:
		m, err := tx.Message(d.MessageID)
		if err != nil {
			return err
		}
		r.text = m.Content.Text
	default:
		return nil
	}
	at := place{d.ConversationID, d.InboxID, l.Role}
	b.got[at] = append(b.got[at], r)
	return err
}

// told lists the changes of status that a side of a conversation was sent, in their order.
func (b *village) told(conv kefu.ConversationID, inbox kefu.InboxID, role kefu.LinkRole) (all []connector.StatusChange) {
	b.t.Helper()
	b.send(inbox)
	for _, r := range b.got[place{conv, inbox, role}] {
		if r.text == "" {
			all = append(all, r.StatusChange)
		}
	}
	return all
}

var found = kefu.BotAnswer{Text: "Hold the reset button.", Source: kefu.SourceExcerpts, Confidence: 0.8,
	Articles: []kefu.ArticleCard{{ID: "art_1", Title: "Reset", Excerpt: "Hold the reset button."}}, Used: []kefu.ArticleID{"art_1"},
	Scores: map[kefu.ArticleID]float64{"art_1": 0.8}}

var nothing = kefu.BotAnswer{Reason: "no_article"}

func TestAQuestionIsNoCaseUntilAPersonIsNeeded(t *testing.T) {
	town(t, nil, func(t *testing.T, b *village) {
		res := b.take("town", dm("ann", "How do I reset?"))
		conv, ticket := b.conversation(res.ConversationID)
		if conv.Handler != kefu.HandlerBot || conv.Status != kefu.StatusPending || ticket.ID != "" {
			t.Fatalf("%+v %+v", conv, ticket)
		}
		turn := b.turn()
		if turn.Text != "How do I reset?" || turn.Locale != kefu.LocaleEnglish && turn.Locale != "" || turn.InboxID != "town" {
			t.Errorf("turn: %+v", turn)
		}
		if !b.answers(turn, found) || b.answers(turn, found) {
			t.Error("a turn is answered once")
		}
		if got := b.texts(conv.ID); got != "contact:How do I reset? bot:Hold the reset button." {
			t.Error(got)
		}
		if b.send("guild"); len(b.got) != 0 {
			t.Errorf("a desk got %+v before it is needed", b.got)
		}
		if e := b.events(); e["ticket.created"] != 0 || e["conversation.created"] != 1 {
			t.Errorf("%v", e)
		}
		b.take("town", presses("ann", connector.CmdHelped, "message", string(b.messages(conv.ID)[1].ID), "answer", "no"))
		said, err := b.Messages(t.Context(), agentCaller(1, kefu.RoleAdmin), conv.ID, switchboard.MessageFilter{OldestFirst: true}, switchboard.Paging{})
		if err != nil {
			t.Fatal(err)
		}
		if a := said.Items[1].Answer; a == nil || a.Source != kefu.SourceExcerpts || a.Confidence != 0.8 || len(a.Articles) != 1 || !a.Articles[0].Used || a.Helped == nil || *a.Helped || a.Questions[0] != said.Items[0].ID {
			t.Errorf("what it was based on: %+v", a)
		}
		if said.Items[0].Answer != nil || len(said.Items[1].Articles) != 1 {
			t.Errorf("%+v", said.Items)
		}
		view := b.take("town", presses("ann", connector.CmdPerson)).View
		if view.Refused != "" || view.Ticket.Number != 1 || view.Position != 1 {
			t.Fatalf("%+v", view)
		}
		conv, ticket = b.conversation(conv.ID)
		if conv.Handler != kefu.HandlerQueue || conv.Status != kefu.StatusOpen || ticket.Number != 1 || ticket.Title != "How do I reset?" || ticket.Status != kefu.TicketPending {
			t.Errorf("%+v %+v", conv, ticket)
		}
		card := b.messages(conv.ID)[3]
		if !card.Private || !strings.Contains(card.Content.Text, "asked for a person") || !strings.Contains(card.Content.Text, "1. Reset — ✘ 顧客說沒有幫助 did not help (excerpts, 0.80)") {
			t.Errorf("context: %q", card.Content.Text)
		}
		if e := b.events(); e["ticket.created"] != 1 {
			t.Errorf("%v", e)
		}
		if again := b.take("town", presses("ann", connector.CmdPerson)).View; again.Refused != connector.RefusedDone || again.Ticket.Number != 1 || again.Position != 1 {
			t.Errorf("pressed twice: %+v", again)
		}
		handed := b.told(conv.ID, "town", kefu.RoleCustomer)
		if len(handed) != 1 || handed[0].Kind != connector.StatusHanded || !handed[0].First || handed[0].Position != 1 || handed[0].Reason != "" {
			t.Errorf("customer: %+v", handed)
		}
		b.send("guild")
		var shown []string
		for _, r := range b.got[place{conv.ID, "guild", kefu.RoleDesk}] {
			if r.text != "" {
				shown = append(shown, r.text)
			}
		}
		if len(shown) != 4 || shown[0] != card.Content.Text || shown[1] != "How do I reset?" || shown[2] != "Hold the reset button." {
			t.Errorf("the desk is shown %q", shown)
		}
		if first, second := b.told(conv.ID, "guild", kefu.RoleDesk), b.told(conv.ID, "second", kefu.RoleDesk); len(first) != 1 || first[0].Kind != connector.StatusWaiting || len(second) != 0 {
			t.Errorf("desks: %+v %+v", first, second)
		}
	})
}

// A talk that staff give away before its case was opened opens it, and the customer is told the number as they are after every first hand-off.
func TestATalkOfTheBotThatIsGivenAwayBecomesACase(t *testing.T) {
	for name, to := range map[string]switchboard.TransferRequest{"a desk": {Desk: "second"}, "a team": {TeamID: "tea_1"}} {
		t.Run(name, func(t *testing.T) {
			town(t, nil, func(t *testing.T, b *village) {
				b.alter(func(tx *store.Tx) error {
					_, err := tx.InsertTeam(kefu.Team{ID: "tea_1", Name: "Guides"})
					return err
				})
				conv := b.take("town", dm("ann", "How do I reset?")).ConversationID
				for range 2 { // back to the bot between the two
					if _, err := b.Transfer(t.Context(), boss, conv, to); err != nil {
						t.Fatal(err)
					}
					if _, err := b.Handoff(t.Context(), boss, conv, switchboard.HandoffRequest{To: kefu.HandlerBot}); err != nil {
						t.Fatal(err)
					}
				}
				if _, ticket := b.conversation(conv); ticket.Number != 1 {
					t.Fatalf("%+v", ticket)
				}
				var first []bool
				for _, s := range b.told(conv, "town", kefu.RoleCustomer) {
					if s.Kind == connector.StatusHanded {
						first = append(first, s.First)
					}
				}
				if fmt.Sprint(first) != "[true false]" {
					t.Errorf("a new case to the customer: %v", first)
				}
			})
		})
	}
}

func TestWhoAsksAgainInAnOpenTalkGoesOnWithIt(t *testing.T) {
	town(t, nil, func(t *testing.T, b *village) {
		for i, text := range []string{"one", "> You can also talk to a person.\ntwo"} {
			in := dm("ann", text)
			in.Kind, in.Key = connector.InOpen, fmt.Sprint("i:", i)
			for range 2 {
				b.take("town", in)
			}
		}
		if turn := b.turn(); turn.Text != "one\ntwo" || len(turn.Messages) != 2 {
			t.Errorf("%+v", turn)
		}
	})
}

func TestTwoMissesAskForAPerson(t *testing.T) {
	town(t, nil, func(t *testing.T, b *village) {
		conv := b.take("town", dm("ann", "flurb?")).ConversationID
		b.answers(b.turn(), nothing)
		if c, ticket := b.conversation(conv); c.Handler != kefu.HandlerBot || ticket.ID != "" {
			t.Errorf("one miss: %+v", c)
		}
		ask := b.messages(conv)[1]
		if !strings.Contains(ask.Content.Text, "not sure") || len(ask.Content.Choices) != 1 || ask.Content.Choices[0].Value != connector.CmdPerson {
			t.Errorf("asks once: %+v", ask.Content)
		}
		b.take("town", dm("ann", "flurb, the thing"))
		b.answers(b.turn(), found) // a hit between them
		b.take("town", dm("ann", "no, flurb"))
		b.answers(b.turn(), nothing)
		if c, _ := b.conversation(conv); c.Handler != kefu.HandlerBot {
			t.Error("misses count in a row only")
		}
		b.take("town", dm("ann", "flurb!"))
		b.answers(b.turn(), nothing)
		if c, ticket := b.conversation(conv); c.Handler != kefu.HandlerQueue || ticket.Number != 1 {
			t.Errorf("two misses: %+v", c)
		}
		b.view(func(tx *store.Tx) error {
			kept, err := tx.BotAnswersOf(conv)
			if len(kept) != 4 || kept[0].Source != kefu.SourceNone || kept[1].Source != kefu.SourceExcerpts || !kept[3].Miss || len(kept[1].Articles) != 1 || !kept[1].Articles[0].Used {
				t.Errorf("kept: %+v", kept)
			}
			return err
		})
	})
}

func TestWhatHelpedEndsTheMatterAndCounts(t *testing.T) {
	town(t, nil, func(t *testing.T, b *village) {
		art := kefu.ArticleID("art_reset")
		b.alter(func(tx *store.Tx) error {
			_, err := tx.InsertArticle(kefu.Article{ID: art, Title: "Reset", Locale: kefu.LocaleEnglish, Published: true})
			return err
		})
		said := found
		said.Articles, said.Used = []kefu.ArticleCard{{ID: art, Title: "Reset"}, {ID: "art_other", Title: "Other"}}, []kefu.ArticleID{art}
		conv := b.take("town", dm("ann", "How do I reset?")).ConversationID
		b.answers(b.turn(), said)
		id := string(b.messages(conv)[1].ID)
		b.take("town", dm("bob", "And I?"))
		b.answers(b.turn(), said)
		if v := b.take("town", presses("bob", connector.CmdHelped, "message", id, "answer", "yes")).View; v.Refused != connector.RefusedNotFound {
			t.Errorf("another's answer: %+v", v)
		}
		if v := b.take("town", presses("ann", connector.CmdHelped, "message", id, "answer", "perhaps")).View; v.Refused != connector.RefusedInvalid {
			t.Errorf("no answer: %+v", v)
		}
		if v := b.take("town", presses("ann", connector.CmdHelped, "message", id, "answer", "yes")).View; v.Refused != "" || v.Conversation.Status != kefu.StatusClosed {
			t.Errorf("%+v", v)
		}
		if v := b.take("town", presses("ann", connector.CmdHelped, "message", id, "answer", "no")).View; v.Refused != connector.RefusedDone {
			t.Errorf("twice: %+v", v)
		}
		b.view(func(tx *store.Tx) error {
			a, err := tx.Article(art)
			if a.Helped != 1 || a.NotHelped != 0 {
				t.Errorf("counted %d and %d", a.Helped, a.NotHelped)
			}
			return err
		})
		// A new question opens it again, for the bot.
		if again := b.take("town", dm("ann", "Something else")).ConversationID; again != conv {
			t.Errorf("%s, want %s", again, conv)
		}
		if c, ticket := b.conversation(conv); c.Handler != kefu.HandlerBot || c.Status != kefu.StatusPending || ticket.ID != "" {
			t.Errorf("%+v %+v", c, ticket)
		}
	})
}

func TestWhatDidNotHelpTwiceAsksForAPerson(t *testing.T) {
	town(t, nil, func(t *testing.T, b *village) {
		conv := b.take("town", dm("ann", "How do I reset?")).ConversationID
		for i, want := range []kefu.Handler{kefu.HandlerBot, kefu.HandlerQueue} {
			if i > 0 {
				b.take("town", dm("ann", "Not that"))
			}
			b.answers(b.turn(), found)
			var last store.Message
			for _, m := range b.messages(conv) {
				if len(m.Content.Articles) > 0 {
					last = m
				}
			}
			b.take("town", presses("ann", connector.CmdHelped, "message", string(last.ID), "answer", "no"))
			if c, _ := b.conversation(conv); c.Handler != want {
				t.Errorf("after %d: %s", i+1, c.Handler)
			}
		}
	})
}

// TestTheBotIsSilentAfterTheHandOff plays a thousand times what may come together: the bot answers while somebody takes the conversation.
func TestTheBotIsSilentAfterTheHandOff(t *testing.T) {
	const rounds, side = 1000, 8
	town(t, nil, func(t *testing.T, b *village) {
		b.staffed(1)
		var silent, spoke int
		var mu sync.Mutex
		var work sync.WaitGroup
		for w := range side {
			work.Go(func() {
				random := rand.New(rand.NewPCG(uint64(w), 7))
				for i := range rounds / side {
					posted := b.interleave(fmt.Sprintf("m%d-%d", w, i), random)
					mu.Lock()
					if posted {
						spoke++
					} else {
						silent++
					}
					mu.Unlock()
				}
			})
		}
		work.Wait()
		if silent == 0 || spoke == 0 {
			t.Errorf("the race was never one: the bot spoke %d times and was silent %d times", spoke, silent)
		}
	})
}

// interleave has the bot answer while one of those who may takes the conversation, and tells whether the bot was first.
func (b *village) interleave(member string, random *rand.Rand) (posted bool) {
	conv := b.take("town", dm(member, "help?")).ConversationID
	turn := kefu.BotTurn{}
	b.view(func(tx *store.Tx) (err error) {
		turn, err = tx.TurnOf(conv)
		return err
	})
	taker := []func() error{
		func() error {
			_, err := b.Receive(b.t.Context(), "town", presses(member, connector.CmdPerson))
			return err
		},
		func() error {
			_, err := b.Handoff(b.t.Context(), kefu.Ask{Caller: kefu.SystemCaller("test")}, conv, switchboard.HandoffRequest{To: kefu.HandlerQueue})
			return err
		},
		func() error {
			_, err := b.Send(b.t.Context(), kefu.Ask{Caller: agentCaller(1, kefu.RoleAdmin)}, switchboard.NewMessage{ConversationID: conv, Content: "I have it"})
			return err
		},
		func() error {
			_, err := b.Receive(b.t.Context(), "town", presses(member, "nothing")) // nobody takes it
			return err
		},
	}[random.IntN(4)]
	var work sync.WaitGroup
	first := random.IntN(3)
	work.Go(func() {
		if first == 1 {
			return
		}
		var err error
		if posted, err = b.AnswerTurn(b.t.Context(), turn, found); err != nil {
			b.t.Error(err)
		}
	})
	if first == 2 {
		work.Wait()
	}
	if err := taker(); err != nil {
		b.t.Error(err)
	}
	work.Wait()
	if first == 1 {
		var err error
		if posted, err = b.AnswerTurn(b.t.Context(), turn, found); err != nil {
			b.t.Error(err)
		}
	}
	b.mustBeSilent(conv)
	return posted
}

// mustBeSilent looks for a word of the bot after somebody took the conversation, and tries to say one.
func (b *village) mustBeSilent(id kefu.ConversationID) {
	conv, _ := b.conversation(id)
	taken := int64(0)
	for _, m := range b.messages(id) {
		if m.Author.Kind == kefu.AuthorSystem && m.Private {
			taken = m.Seq
		}
		if m.Author.Kind == kefu.AuthorBot && taken > 0 {
			b.t.Errorf("%s: the bot spoke at %d, after the hand-off at %d", id, m.Seq, taken)
		}
	}
	if (taken > 0) != (conv.Handler != kefu.HandlerBot) {
		b.t.Errorf("%s: handler %s, taken at %d", id, conv.Handler, taken)
	}
	if conv.Handler == kefu.HandlerBot {
		return
	}
	err := b.store.Update(b.t.Context(), func(tx *store.Tx) error {
		place, err := tx.NextPlace(id, true)
		if err != nil {
			return err
		}
		all := tx.Batch()
		all.InsertMessage(store.Message{Message: kefu.Message{ID: kefu.MessageID("msg_late" + string(id)), ConversationID: id, Seq: place.Seq, Author: kefu.Bot(),
			Content: kefu.Content{Type: kefu.ContentText, Text: "late"}, CreatedAt: tx.Now}})
		_, err = all.Run()
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "the bot does not have this conversation") {
		b.t.Errorf("%s: a word of the bot was stored after the hand-off: %v", id, err)
	}
}

func TestWhoAnswersIsIntroducedBeforeTheAnswer(t *testing.T) {
	town(t, nil, func(t *testing.T, b *village) {
		b.staffed(1)
		conv := b.take("town", dm("ann", "help?")).ConversationID
		if _, err := b.Send(t.Context(), kefu.Ask{Caller: agentCaller(1, kefu.RoleAdmin)}, switchboard.NewMessage{ConversationID: conv, Content: "Hello Ann"}); err != nil {
			t.Fatal(err)
		}
		if c, ticket := b.conversation(conv); c.Handler != kefu.HandlerAgent || c.AssigneeID != "agt_1" || ticket.AssigneeID != "agt_1" || ticket.Status != kefu.TicketProcessing {
			t.Errorf("%+v %+v", c, ticket)
		}
		if turns, err := b.Turns(t.Context(), 10); len(turns) != 0 || err != nil {
			t.Errorf("the bot still has to answer: %+v %v", turns, err)
		}
		b.send("town")
		if got := b.got[place{conv, "town", kefu.RoleCustomer}]; len(got) != 2 || got[0].Kind != connector.StatusAssigned || got[0].To == "" || got[1].text != "Hello Ann" {
			t.Errorf("customer: %+v", got)
		}
	})
}

func TestWhoWaitsIsToldToTheNextDeskAndThenToEverybody(t *testing.T) {
	town(t, func(in *switchboard.Inbox) { in.Reception.Patience = time.Millisecond }, func(t *testing.T, b *village) {
		conv := b.take("town", dm("ann", "help?")).ConversationID
		b.take("town", presses("ann", connector.CmdPerson))
		until := func(what string, done func() bool) {
			t.Helper()
			for deadline := time.Now().Add(10 * time.Second); !done(); {
				if time.Now().After(deadline) {
					t.Fatal(what)
				}
				if _, err := b.CallWaiting(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		}
		until("the second desk was not told", func() bool { return len(b.told(conv, "second", kefu.RoleDesk)) == 1 })
		if first := b.told(conv, "guild", kefu.RoleDesk); len(first) != 1 {
			t.Errorf("%+v", first)
		}
		until("not everybody was told", func() bool { return len(b.told(conv, "second", kefu.RoleDesk)) == 2 })
		all := b.told(conv, "guild", kefu.RoleDesk)
		if len(all) != 2 || !all[1].All || all[1].Since.IsZero() {
			t.Errorf("%+v", all)
		}
		open := func() (n int) {
			b.view(func(tx *store.Tx) error {
				alerts, err := tx.OpenAlerts()
				for _, a := range alerts {
					if a.Kind == kefu.AlertUnanswered && a.Subject == string(conv) {
						n++
					}
				}
				return err
			})
			return n
		}
		if open() != 1 {
			t.Error("no alert")
		}
		b.openDesk(conv, "second", "chan-2")
		if v := b.take("second", command("chan-2", "amy", connector.CmdClaim)).View; v.Refused != "" {
			t.Fatalf("%+v", v)
		}
		b.clock.ahead += 2 * time.Minute
		if err := b.store.Update(t.Context(), func(tx *store.Tx) error { return tx.CallAgain(conv, 3, tx.Now) }); err != nil {
			t.Fatal(err)
		}
		if _, err := b.CallWaiting(t.Context()); err != nil {
			t.Fatal(err)
		}
		if open() != 0 {
			t.Error("the alert stays although somebody has it")
		}
		joined := b.told(conv, "town", kefu.RoleCustomer)
		if last := joined[len(joined)-1]; last.Kind != connector.StatusAssigned || last.To != "amy" {
			t.Errorf("%+v", last)
		}
	})
}

func TestAReportIsACaseAtOnceAndOnTheBoard(t *testing.T) {
	town(t, nil, func(t *testing.T, b *village) {
		in := dm("ann", "It crashes")
		in.Kind, in.ThreadID, in.Title, in.Key = connector.InOpen, "report:ann:1", "Crash at start", "i:1"
		in.Report = &connector.Report{Category: "bug", Priority: kefu.PriorityHigh, Board: "bugs"}
		res := b.take("town", in)
		if again := b.take("town", in); !again.Duplicate || again.ConversationID != res.ConversationID {
			t.Errorf("%+v", again)
		}
		conv, ticket := b.conversation(res.ConversationID)
		if conv.Handler != kefu.HandlerQueue || ticket.Category != "bug" || ticket.Priority != kefu.PriorityHigh || ticket.Number != 1 || ticket.ExternalID != "" || res.TicketNumber != 1 {
			t.Errorf("%+v %+v %+v", conv, ticket, res)
		}
		b.openDesk(conv.ID, "guild", "chan-1")
		b.take("guild", staff("chan-1", "Looking"))
		if shown := b.told(conv.ID, "town", kefu.RoleBoard); len(shown) != 1 || shown[0].Kind != connector.StatusBoard {
			t.Errorf("the board does not follow: %+v", shown)
		}
		if got := b.got[place{conv.ID, "town", kefu.RoleBoard}]; len(got) != 1 {
			t.Errorf("the board got %+v", got)
		}
		if said := b.got[place{conv.ID, "town", kefu.RoleCustomer}]; len(said) != 2 || said[0].Kind != connector.StatusAssigned || said[1].text != "Looking" {
			t.Errorf("the customer got %+v", said)
		}
	})
}

func TestWhoLeavesIsToldToStaff(t *testing.T) {
	town(t, nil, func(t *testing.T, b *village) {
		conv := b.take("town", dm("ann", "help?")).ConversationID
		b.take("town", presses("ann", connector.CmdPerson))
		left := connector.Inbound{Kind: connector.InLeft, Sender: connector.Sender{Kind: kefu.AuthorContact, ID: "ann"}}
		b.take("town", left)
		b.take("town", left)
		if n := strings.Count(b.texts(conv), "has left the server"); n != 1 {
			t.Errorf("told %d times", n)
		}
	})
}
