package e2e

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"kefu"
	"kefu/internal/store"
)

const (
	killMembers   = 5
	killQuestions = 10
	askEvery      = 800 * time.Millisecond
)

// asker is a member who asks the bot.
type asker struct{ id, dm string }

func askedFor(n int) string { return fmt.Sprintf("How do I return item number %d?", n) }

// TestTheBotIsKilledWhileItAnswers kills the program again and again while members ask. Each question is answered once, by itself or with
// the ones around it, and none after a person was asked for. KEFU_TEST_KILLS says how often (6).
func TestTheBotIsKilledWhileItAnswers(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		kills := number(t, "KEFU_TEST_KILLS", 6)
		v := newVillage(t, url, plan{idle: true, options: options{life: time.Hour}})
		p := v.spawn()
		v.moveIn()
		v.article("en", returnsTitle, returnsBody)
		list := v.askers(killMembers)
		var all sync.WaitGroup
		for _, a := range list {
			all.Go(func() { v.asksAll(a, 1, killQuestions, askEvery) })
		}
		for range kills {
			pass(time.Duration(40+rand.IntN(500)) * time.Millisecond)
			v.kill(p)
			p = v.spawn()
		}
		all.Wait()
		v.leavesTheBot(list, killQuestions)
		v.answeredOnce(list, killQuestions)
	})
}

// pass lets time pass: it is the moment of the next kill or question, and no synchronisation.
func pass(d time.Duration) { <-time.After(d) }

// askers are members who have begun to ask: question 0 is theirs.
func (v *village) askers(n int) (list []asker) {
	v.t.Helper()
	for i := range n {
		id := v.member(fmt.Sprint("Member", i), "en-US")
		a := asker{id: id, dm: v.dm(id)}
		v.does(v.hall, a.id, "helpme", map[string]any{"question": askedFor(0)})
		list = append(list, a)
	}
	return list
}

// asksAll has a member ask, whether or not the program runs.
func (v *village) asksAll(a asker, from, to int, every time.Duration) {
	for n := from; n < to; n++ {
		if _, err := v.guild.Say(a.dm, a.id, askedFor(n)); err != nil {
			v.t.Error(err)
		}
		pass(every/2 + rand.N(every/2))
	}
}

// leavesTheBot has each member ask for a person, and then one question more, which is no longer the bot's.
func (v *village) leavesTheBot(list []asker, questions int) {
	v.t.Helper()
	v.until("every question is answered", func() bool { return v.replied() >= len(list)*questions })
	for _, a := range list {
		v.writes(a.dm, a.id, "a real person please")
	}
	for _, a := range list {
		v.posted(a.dm, "a person from our team")
		v.writes(a.dm, a.id, askedFor(100))
	}
	v.until("everything is stored", func() bool {
		n := 0
		for _, id := range v.talks() {
			asked, _ := v.book(id)
			if asked[len(asked)-1].Content.Text == askedFor(100) {
				n++
			}
		}
		return n == len(list)
	})
	v.botIsDone()
}

// botIsDone waits until the bot has nothing to answer, and nothing is on its way.
func (v *village) botIsDone() {
	v.t.Helper()
	v.until("the bot has nothing to answer", func() (done bool) {
		v.view(func(tx *store.Tx) error {
			due, err := tx.NextTurn()
			done = due.IsZero()
			return err
		})
		return done
	})
	v.settled()
}

// replied counts what was asked and is in an answer of the bot.
func (v *village) replied() (n int) {
	v.t.Helper()
	for _, id := range v.talks() {
		asked, answers := v.book(id)
		for _, m := range asked {
			n += min(answers[m.ID], 1)
		}
	}
	return n
}

// talks are the conversations of members.
func (v *village) talks() (ids []kefu.ConversationID) {
	v.t.Helper()
	v.view(func(tx *store.Tx) error {
		threads, err := tx.Threads("guild")
		for _, th := range threads {
			if th.Role == kefu.RoleCustomer {
				ids = append(ids, th.ConversationID)
			}
		}
		return err
	})
	return ids
}

// book gives the questions of a conversation, and in how many answers each of its messages is.
func (v *village) book(id kefu.ConversationID) (asked []kefu.Message, answers map[kefu.MessageID]int) {
	v.t.Helper()
	answers = map[kefu.MessageID]int{}
	v.view(func(tx *store.Tx) error {
		list, err := tx.Messages(id, 0, 100_000)
		for _, m := range list {
			if m.Author.Kind == kefu.AuthorContact && m.Content.Type != kefu.ContentEvent {
				asked = append(asked, m.Message)
			}
		}
		if err != nil {
			return err
		}
		given, err := tx.BotAnswersOf(id)
		for _, a := range given {
			for _, q := range a.Questions {
				answers[q]++
			}
		}
		return err
	})
	return asked, answers
}

// answeredOnce wants each question to be stored once and in its place, in exactly one answer, and each answer to have been shown once;
// what came after the request for a person is in none.
func (v *village) answeredOnce(list []asker, questions int) {
	v.t.Helper()
	if n := len(v.talks()); n != len(list) || len(v.conversations()) != n {
		v.t.Errorf("%d conversations of %d members, %d are open", len(v.conversations()), len(list), n)
	}
	given := 0
	for _, id := range v.talks() {
		asked, answers := v.book(id)
		if len(asked) != questions+2 {
			v.t.Errorf("%s has %d messages of the member, want %d", id, len(asked), questions+2)
			continue
		}
		for n, m := range asked[:questions] {
			if m.Content.Text != askedFor(n) || answers[m.ID] != 1 {
				v.t.Errorf("%q is in the place of question %d, and in %d answers", m.Content.Text, n, answers[m.ID])
			}
		}
		for _, m := range asked[questions:] {
			if answers[m.ID] != 0 {
				v.t.Errorf("the bot answered %q", m.Content.Text)
			}
		}
		v.view(func(tx *store.Tx) error {
			records, err := tx.BotAnswersOf(id)
			given += len(records)
			return err
		})
	}
	shown := 0
	for _, a := range list {
		shown += v.times(a.dm, returnsTitle)
	}
	if shown != given {
		v.t.Errorf("%d answers were given, and %d are shown", given, shown)
	}
	v.t.Logf("%d questions in %d answers", len(list)*questions, given)
}
