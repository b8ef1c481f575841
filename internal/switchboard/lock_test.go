package switchboard_test

import (
	"encoding/json"
	"testing"
	"time"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/sqldb"
	"kefu/internal/store"
	"kefu/internal/storetest"
)

// while holds a conversation, has calls begin one after the other, each when those before it wait for the lock, makes a change, and lets go.
func (b *board) while(conv kefu.ConversationID, change func(tx *store.Tx) error, calls ...func() error) {
	b.t.Helper()
	done := make(chan error, len(calls))
	err := b.store.Update(b.t.Context(), func(tx *store.Tx) error {
		if _, err := tx.LockConversation(conv); err != nil {
			return err
		}
		for i, call := range calls {
			go func() { done <- call() }()
			b.waitForALock(i + 1)
		}
		return change(tx)
	})
	if err != nil {
		b.t.Fatal(err)
	}
	for range calls {
		if err := <-done; err != nil {
			b.t.Error(err)
		}
	}
}

func unchanged(*store.Tx) error { return nil }

// taking is a call that takes something in.
func (b *board) taking(inbox kefu.InboxID, in connector.Inbound) func() error {
	return func() error {
		_, err := b.Receive(b.t.Context(), inbox, in)
		return err
	}
}

// waitForALock returns when n other transactions wait for a row. SQLite has one writer, who waits before having read anything.
func (b *board) waitForALock(n int) {
	b.t.Helper()
	if b.store.DB().Dialect() == sqldb.SQLite {
		return
	}
	for deadline := time.Now().Add(time.Minute); ; {
		waiting := 0
		b.view(func(tx *store.Tx) error {
			return tx.QueryRow(storetest.WaitingForLocks).Scan(&waiting)
		})
		if waiting >= n {
			return
		}
		if time.Now().After(deadline) {
			b.t.Fatalf("%d of %d wait for the lock", waiting, n)
		}
	}
}

// linkIn is the link of a conversation in an inbox.
func (b *board) linkIn(conv kefu.ConversationID, inbox kefu.InboxID) (link store.Link) {
	b.t.Helper()
	b.view(func(tx *store.Tx) error {
		links, err := tx.Links(conv)
		for _, l := range links {
			if l.InboxID == inbox {
				link = l
			}
		}
		return err
	})
	return link
}

// TestWhatComesWhileATicketIsRestoredIsNotLeftBehind has a message find the ticket being restored, and the site tell its history before the
// message gets the lock. Nobody asks for what is parked after that, until the next comparison.
func TestWhatComesWhileATicketIsRestoredIsNotLeftBehind(t *testing.T) {
	each(t, guild, func(t *testing.T, b *board) {
		conv := b.take("shop", writing("33", "one")).ConversationID
		link := b.linkIn(conv, "shop").ID
		b.while(conv, unchanged, func() error {
			_, err := b.Compare(t.Context(), link, &connector.Snapshot{Status: kefu.StatusOpen, Messages: []connector.Inbound{writing("33", "one")}})
			return err
		}, b.taking("shop", writing("33", "two")))
		if b.store.DB().Dialect() == sqldb.SQLite { // there either of them may have been the first
			return
		}
		if got := b.texts(conv); got != "contact:one contact:two" {
			t.Errorf("stored: %s", got)
		}
	})
}

// TestAThreadThatWentOnElsewhereDoesNotOpenTheOldTalk has the customer write again after the seven days, and the site say that the ticket is
// open, at once: the ticket is the new talk's.
func TestAThreadThatWentOnElsewhereDoesNotOpenTheOldTalk(t *testing.T) {
	each(t, guild, func(t *testing.T, b *board) {
		old := b.take("shop", opening("33", "何時出貨")).ConversationID
		b.endedLongAgo(old)
		opens := connector.Inbound{Kind: connector.InStatus, ThreadID: "33", Status: kefu.StatusOpen, Sender: connector.Sender{Kind: kefu.AuthorContact}}
		b.while(old, unchanged, b.taking("shop", writing("33", "還有一事")), b.taking("shop", opens))
		next, found, err := b.Thread(t.Context(), "shop", "33")
		if err != nil || !found {
			t.Fatal(found, err)
		}
		b.view(func(tx *store.Tx) error {
			now, err := tx.Conversation(next.ConversationID)
			if now.Status != kefu.StatusOpen {
				t.Errorf("the talk of the ticket is %s", now.Status)
			}
			if before, err := tx.Conversation(old); err != nil || old != next.ConversationID && before.Status != kefu.StatusClosed {
				t.Errorf("the old talk is %s: %v", before.Status, err)
			}
			return err
		})
	})
}

// TestTwoWhoWriteAfterTheSevenDaysBeginOneTalk has two messages find the same closed talk.
func TestTwoWhoWriteAfterTheSevenDaysBeginOneTalk(t *testing.T) {
	each(t, guild, func(t *testing.T, b *board) {
		old := b.take("shop", opening("33", "何時出貨")).ConversationID
		b.endedLongAgo(old)
		b.while(old, unchanged, b.taking("shop", writing("33", "one")), b.taking("shop", writing("33", "two")))
		next, _, err := b.Thread(t.Context(), "shop", "33")
		if err != nil || next.ConversationID == old {
			t.Fatalf("the ticket is still that of the old talk: %v", err)
		}
		if got := len(b.messages(next.ConversationID)); got != 2 {
			t.Errorf("the new talk has %d messages: %s", got, b.texts(next.ConversationID))
		}
	})
}

// endedLongAgo closes a conversation, and has that be more than seven days ago.
func (b *board) endedLongAgo(conv kefu.ConversationID) {
	b.t.Helper()
	err := b.store.Update(b.t.Context(), func(tx *store.Tx) error {
		return tx.SetStatus(conv, kefu.StatusClosed, tx.Now.Add(-8*24*time.Hour), "系統自動關閉")
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

// TestANewTalkReadsOnWhereTheThreadWasRead begins a talk in a thread of which much was read before: none of that is read again.
func TestANewTalkReadsOnWhereTheThreadWasRead(t *testing.T) {
	each(t, guild, func(t *testing.T, b *board) {
		first := opening("33", "何時出貨")
		first.Cursor = "7"
		old := b.take("shop", first).ConversationID
		b.endedLongAgo(old)
		again := writing("33", "還有一事")
		again.Cursor = "8"
		next := b.take("shop", again)
		if next.ConversationID == old {
			t.Fatal("it is the old talk")
		}
		link := b.linkIn(next.ConversationID, "shop")
		if link.Cursor != "8" {
			t.Errorf("the thread is read from %q", link.Cursor)
		}
		b.view(func(tx *store.Tx) error {
			ticket, err := tx.TicketOf(next.ConversationID)
			if next.TicketNumber != ticket.Number {
				t.Errorf("the answer names ticket %d, and it is %d", next.TicketNumber, ticket.Number)
			}
			return err
		})
		b.endedLongAgo(next.ConversationID)
		third := b.take("shop", writing("33", "謝謝")) // from a source that says no cursor
		if link := b.linkIn(third.ConversationID, "shop"); link.Cursor != "8" {
			t.Errorf("the thread is then read from %q", link.Cursor)
		}
	})
}

// TestALastWordInAThreadThatIsForgottenReachesTheCustomer has an agent write in a thread at the moment in which the link gets another one. The
// place in the old thread means nothing in the new one.
func TestALastWordInAThreadThatIsForgottenReachesTheCustomer(t *testing.T) {
	each(t, guild, func(t *testing.T, b *board) {
		conv := b.take("shop", opening("33", "何時出貨")).ConversationID
		b.openDesk(conv, "guild", "c1")
		link := b.linkIn(conv, "guild").ID
		b.while(conv, func(tx *store.Tx) error {
			if b.store.DB().Dialect() == sqldb.SQLite { // what comes after this is in a thread that nobody has
				return nil
			}
			if _, err := tx.ForgetThread(link, "c1"); err != nil {
				return err
			}
			return tx.OpenLink(link, "c2", "c2", nil, "")
		}, b.taking("guild", staff("c1", "99")))
		if got := b.queue("shop"); got != "99" {
			t.Errorf("the customer gets %q", got)
		}
		if l := b.linkIn(conv, "guild"); l.ExternalID == "c2" && l.Cursor != "" {
			t.Errorf("the new thread is read from %q", l.Cursor)
		}
	})
}

// TestTwoDesksTellOfOneLostTalkAtOnce has a second desk tell whose its thread is while the first one makes the talk anew.
func TestTwoDesksTellOfOneLostTalkAtOnce(t *testing.T) {
	for _, known := range []bool{true, false} { // the contact, from another talk
		each(t, []kefu.InboxID{"guild", "second"}, func(t *testing.T, b *board) {
			lost := connector.Restore{ConversationID: "cnv_lost", ContactID: "con_lost", ContactName: "Demo", Inbox: "shop", Thread: "33", Subject: "t"}
			other := b.take("shop", opening("40", "何時出貨")).ConversationID
			if known {
				b.view(func(tx *store.Tx) error {
					conv, err := tx.Conversation(other)
					lost.ContactID = conv.ContactID
					return err
				})
			}
			tells := func(thread string) connector.Inbound {
				return connector.Inbound{Kind: connector.InRestore, ThreadID: thread, Restore: &lost}
			}
			done := make(chan error, 1)
			err := b.store.Update(t.Context(), func(tx *store.Tx) error { // what the first desk's look does, as far as the second one meets it
				if err := b.reviving(tx, lost, known); err != nil {
					return err
				}
				go func() {
					_, err := b.Receive(t.Context(), "second", tells("s1"))
					done <- err
				}()
				b.waitForALock(1)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := <-done; err != nil {
				t.Fatal(err)
			}
			b.take("guild", tells("g1"))
			for inbox, thread := range map[kefu.InboxID]string{"guild": "g1", "second": "s1"} {
				if l := b.linkIn("cnv_lost", inbox); l.ExternalID != thread {
					t.Errorf("%s has the thread %q", inbox, l.ExternalID)
				}
			}
		})
	}
}

// reviving stores a lost talk and its customer's link, with the contact unless that is known.
func (b *board) reviving(tx *store.Tx, r connector.Restore, known bool) error {
	if !known {
		if err := tx.InsertContact(kefu.Contact{ID: r.ContactID, Name: r.ContactName}); err != nil {
			return err
		}
	}
	l := store.Link{Link: kefu.Link{ID: "lnk_lost", ConversationID: r.ConversationID, InboxID: r.Inbox, Role: kefu.RoleCustomer, ExternalID: r.Thread}, Opened: 1}
	if _, err := tx.InsertLink(l, time.Time{}); err != nil {
		return err
	}
	if err := tx.SetLinkMeta(l.ID, json.RawMessage(`{"rebuilt":true}`)); err != nil {
		return err
	}
	return tx.InsertConversation(kefu.Conversation{ID: r.ConversationID, InboxID: r.Inbox, ContactID: r.ContactID, Subject: r.Subject, Status: kefu.StatusOpen,
		Handler: kefu.HandlerQueue, Priority: kefu.PriorityMedium})
}

// TestWhoClaimsWhatTheyHaveElsewhereAnswersHere has an agent who has a talk at one desk claim it at another one, where they are known too.
func TestWhoClaimsWhatTheyHaveElsewhereAnswersHere(t *testing.T) {
	each(t, []kefu.InboxID{"guild", "second"}, func(t *testing.T, b *board) {
		conv := b.take("shop", opening("33", "何時出貨")).ConversationID
		b.openDesk(conv, "guild", "c1")
		b.openDesk(conv, "second", "c2")
		b.take("guild", command("c1", "u1", connector.CmdClaim))
		if err := b.store.Update(t.Context(), func(tx *store.Tx) error {
			_, amy, err := tx.Identity("guild", "u1")
			if err == nil {
				_, err = tx.SaveIdentity("second", "u1", "", amy)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if v := b.take("second", command("c2", "u1", connector.CmdClaim)).View; v.Refused != "" {
			t.Fatalf("refused: %s", v.Refused)
		}
		if res := b.take("second", staff("c2", "明天")); res.Private {
			t.Error("what they say there is a note")
		}
		if res := b.take("guild", staff("c1", "後天")); !res.Private {
			t.Error("two desks have the talk")
		}
	})
}

// TestTwoDesksAtOnceAndOneHasTheTalk has two desks do something with a talk at the same moment. Whoever gets the lock first has it: what is
// said at the other one stays inside, and an end is one end.
func TestTwoDesksAtOnceAndOneHasTheTalk(t *testing.T) {
	give := command("c1", "u1", connector.CmdTransfer)
	give.Command.Args["desk"] = "second"
	for name, tc := range map[string]struct {
		first, then connector.Inbound
		want        string // what is said of the second: "note", "refused", or "" for done
	}{
		"both answer":                   {staff("c1", "one"), staff("c2", "two"), "note"},
		"one claims, one answers":       {command("c1", "u1", connector.CmdClaim), staff("c2", "two"), "note"},
		"both claim":                    {command("c1", "u1", connector.CmdClaim), command("c2", "u2", connector.CmdClaim), "refused"},
		"one closes, one answers":       {command("c1", "u1", connector.CmdClose), staff("c2", "two"), "note"},
		"both close":                    {command("c1", "u1", connector.CmdClose), command("c2", "u2", connector.CmdClose), "refused"},
		"one gives it away and answers": {give, staff("c1", "two"), "note"},
		"one gives it to who answers":   {give, staff("c2", "two"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, []kefu.InboxID{"guild", "second"}, func(t *testing.T, b *board) {
				conv := b.take("shop", opening("33", "何時出貨")).ConversationID
				b.openDesk(conv, "guild", "c1")
				b.openDesk(conv, "second", "c2")
				at := map[string]kefu.InboxID{"c1": "guild", "c2": "second"}
				var res connector.Result
				b.while(conv, unchanged, b.taking(at[tc.first.ThreadID], tc.first), func() (err error) {
					res, err = b.Receive(t.Context(), at[tc.then.ThreadID], tc.then)
					return err
				})
				got := ""
				switch {
				case res.View != nil && res.View.Refused != "":
					got = "refused"
				case res.Private:
					got = "note"
				}
				if b.store.DB().Dialect() != sqldb.SQLite && got != tc.want { // there either of them may have been the first
					t.Errorf("the second is %q, want %q", got, tc.want)
				}
				if n := b.events()["conversation.closed"]; n > 1 {
					t.Errorf("it was closed %d times", n)
				}
			})
		})
	}
}
