package switchboard_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/store"
	"kefu/internal/switchboard"
)

// writes has a person of an inbox open a thread.
func (b *board) writes(inbox kefu.InboxID, user, thread string) kefu.ConversationID {
	b.t.Helper()
	return b.take(inbox, connector.Inbound{Kind: connector.InOpen, Key: thread, ThreadID: thread, Title: thread, Content: kefu.Content{Text: thread},
		Fingerprint: thread, Sender: connector.Sender{Kind: kefu.AuthorContact, ID: user, Name: user}}).ConversationID
}

func (b *board) merge(from, into kefu.ContactID) {
	b.t.Helper()
	if _, err := b.MergeContacts(b.t.Context(), operator(), into, switchboard.Merge{From: from}); err != nil {
		b.t.Fatal(err)
	}
}

func (b *board) unmerge(kept, lost kefu.ContactID) (switchboard.Contact, error) {
	b.t.Helper()
	return b.UnmergeContact(b.t.Context(), operator(), kept, switchboard.Unmerge{ContactID: lost})
}

// whose are the conversations and identities of contacts, with their members and who wrote.
func (b *board) whose(ids ...kefu.ContactID) map[string]string {
	b.t.Helper()
	out := map[string]string{}
	b.view(func(tx *store.Tx) error {
		for _, id := range ids {
			k, err := tx.Contact(id)
			if err != nil {
				return err
			}
			out[string(id)] = fmt.Sprint(k.Name, "|", k.Email, "|", k.Phone, "|", k.ExternalID, "|", string(k.Attributes), "|", k.MergedInto, "|", k.Locale)
			convs, err := tx.ConversationsOf(id)
			if err != nil {
				return err
			}
			for _, c := range convs {
				out[string(c.ID)] = string(id)
				messages, err := tx.Messages(c.ID, 0, 100)
				if err != nil {
					return err
				}
				for _, m := range messages {
					if m.Author.Kind == kefu.AuthorContact {
						out[string(m.ID)] = m.Author.ID
					}
				}
			}
			identities, err := tx.ContactIdentities(id)
			if err != nil {
				return err
			}
			for _, i := range identities {
				out[string(i.InboxID)+"/"+i.ExternalID] = string(id)
			}
		}
		return nil
	})
	return out
}

// TestMergeThenUnmergeIsNothing: whatever contacts become one, and in whatever order, undone from the last to the first all is as it was.
func TestMergeThenUnmergeIsNothing(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		run := 0
		rapid.Check(t, func(t *rapid.T) {
			run++
			people := make([]kefu.ContactID, rapid.IntRange(2, 5).Draw(t, "people"))
			for i := range people {
				people[i] = b.drawn(t, fmt.Sprintf("%d-%d", run, i))
			}
			before := b.whose(people...)
			type pair struct{ from, into kefu.ContactID }
			var done []pair
			for left := slices.Clone(people); len(left) > 1 && rapid.IntRange(0, 3).Draw(t, "more") > 0; {
				from := rapid.IntRange(0, len(left)-1).Draw(t, "from")
				into := (from + rapid.IntRange(1, len(left)-1).Draw(t, "into")) % len(left)
				done = append(done, pair{left[from], left[into]})
				b.merge(left[from], left[into])
				left = slices.Delete(left, from, from+1)
			}
			for _, p := range slices.Backward(done) {
				if _, err := b.unmerge(p.into, p.from); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(before, b.whose(people...)); diff != "" {
				t.Fatalf("after %v (-before +after)\n%s", done, diff)
			}
		})
	})
}

// drawn is a person with any members, known in some inboxes, who wrote some times.
func (b *board) drawn(t *rapid.T, name string) kefu.ContactID {
	ch := switchboard.ContactChange{Name: kefu.Some(name), Attributes: kefu.Some(map[string]any{})}
	for _, attribute := range []string{"level", "city"} {
		if rapid.Bool().Draw(t, attribute) {
			ch.Attributes.Value[attribute] = name
		}
	}
	if rapid.Bool().Draw(t, "email") {
		ch.Email = kefu.Some(name + "@example.com")
	}
	if rapid.Bool().Draw(t, "phone") {
		ch.Phone = kefu.Some(name)
	}
	if rapid.Bool().Draw(t, "external") {
		ch.ExternalID = kefu.Some("x" + name)
	}
	id := b.person(ch).ID
	for _, inbox := range []kefu.InboxID{"shop", "guild"} {
		if !rapid.Bool().Draw(t, string(inbox)) {
			continue
		}
		err := b.store.Update(b.t.Context(), func(tx *store.Tx) error {
			_, err := tx.SaveIdentity(inbox, "u"+name, id, "")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for n := range rapid.IntRange(0, 2).Draw(t, "talks") {
			b.writes(inbox, "u"+name, fmt.Sprintf("%s-%s-%d", inbox, name, n))
		}
	}
	return id
}

// TestOneCustomerInThreePlaces writes in the server, by direct message and on the site, is merged, writes again, and is parted.
func TestOneCustomerInThreePlaces(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		room, dm, site := b.writes("guild", "u1", "room-1"), b.writes("guild", "u1", "dm-u1"), b.writes("shop", "s1", "33")
		member, buyer := b.contactOf(room), b.contactOf(site)
		if member != b.contactOf(dm) || member == buyer {
			t.Fatalf("room %s, dm %s, site %s", member, b.contactOf(dm), buyer)
		}
		b.merge(buyer, member)
		if b.contactOf(site) != member {
			t.Error("the site's talk did not move")
		}
		laterDM, laterSite := b.writes("guild", "u1", "dm-u1-2"), b.writes("shop", "s1", "34")
		if b.contactOf(laterSite) != member || b.contactOf(laterDM) != member {
			t.Error("they are one, and what they write is not of one")
		}
		before := b.events()
		back, err := b.unmerge(member, buyer)
		if err != nil || back.ID != buyer || back.MergedInto != nil {
			t.Fatalf("%+v, %v", back, err)
		}
		for conv, want := range map[kefu.ConversationID]kefu.ContactID{room: member, dm: member, laterDM: member, site: buyer, laterSite: buyer} {
			if got := b.contactOf(conv); got != want {
				t.Errorf("%s is of %s, want %s", conv, got, want)
			}
		}
		if next := b.contactOf(b.writes("shop", "s1", "35")); next != buyer {
			t.Errorf("the buyer writes as %s", next)
		}
		after := b.events()
		if after["user.updated"]-before["user.updated"] != 2 || after["conversation.updated"]-before["conversation.updated"] != 2 {
			t.Errorf("events before %v, after %v", before, after)
		}
		for _, id := range []kefu.ConversationID{site, laterSite} {
			for _, m := range b.messages(id) {
				if m.Author.Kind == kefu.AuthorContact && m.Author.ID != string(buyer) {
					t.Errorf("%q was written by %s", m.Content.Text, m.Author.ID)
				}
			}
		}
	})
}

// TestTwoAccountsOfOneInbox: what came since goes back when its thread tells whose it is; what could be of either stays.
func TestTwoAccountsOfOneInbox(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		kept, lost := b.contactOf(b.writes("guild", "u1", "dm-u1")), b.contactOf(b.writes("guild", "u2", "dm-u2"))
		b.retire(b.writes("guild", "u2", "room-5"))
		b.merge(lost, kept)
		same := b.writes("guild", "u2", "room-5")
		theirs, ours, either := b.writes("guild", "u2", "report:u2:9"), b.writes("guild", "u1", "report:u1:8"), b.writes("guild", "u2", "room-7")
		if _, err := b.unmerge(kept, lost); err != nil {
			t.Fatal(err)
		}
		for conv, want := range map[kefu.ConversationID]kefu.ContactID{same: lost, theirs: lost, ours: kept, either: kept} {
			if got := b.contactOf(conv); got != want {
				t.Errorf("%s is of %s, want %s", conv, got, want)
			}
		}
	})
}

// retire ends a conversation's hold on its thread, as time does.
func (b *board) retire(conv kefu.ConversationID) {
	b.t.Helper()
	err := b.store.Update(b.t.Context(), func(tx *store.Tx) error {
		links, err := tx.Links(conv)
		for _, l := range links {
			if err == nil && l.Role == kefu.RoleCustomer {
				err = tx.RetireLink(l.ID)
			}
		}
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

// TestMembersThatWereChangedStay: what was given by hand since is nobody's to take.
func TestMembersThatWereChangedStay(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		kept := b.person(switchboard.ContactChange{Name: kefu.Some("A"), Attributes: kefu.Some(map[string]any{"own": 1})}).ID
		lost := b.person(switchboard.ContactChange{Name: kefu.Some("B"), Email: kefu.Some("b@example.com"), Phone: kefu.Some("2"), ExternalID: kefu.Some("x2"),
			Attributes: kefu.Some(map[string]any{"level": "gold", "city": "Taipei"})}).ID
		b.merge(lost, kept)
		_, err := b.UpdateContact(t.Context(), operator(), kept, switchboard.ContactChange{Email: kefu.Some("new@example.com"),
			Attributes: kefu.Some(map[string]any{"own": 1, "level": "silver", "city": "Taipei"})})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.unmerge(kept, lost); err != nil {
			t.Fatal(err)
		}
		all := b.whose(kept, lost)
		if got := all[string(kept)]; got != `A|new@example.com|||{"level":"silver","own":1}||` {
			t.Errorf("kept %s", got)
		}
		if got := all[string(lost)]; got != `B|b@example.com|2|x2|{"city":"Taipei","level":"gold"}||` {
			t.Errorf("lost %s", got)
		}
	})
}

// TestWhatCannotBeParted is refused in words, and nothing moves.
func TestWhatCannotBeParted(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		var ids []kefu.ContactID
		for i := range 6 {
			ids = append(ids, b.contactOf(b.writes("guild", fmt.Sprint("u", i), fmt.Sprint("dm-", i))))
		}
		first, second, third, erased, into, alone := ids[0], ids[1], ids[2], ids[3], ids[4], ids[5]
		b.merge(first, second)
		b.merge(second, third)
		b.merge(erased, into)
		if _, err := b.EraseContact(t.Context(), operator(), into); err != nil {
			t.Fatal(err)
		}
		before := b.whose(ids...)
		for name, try := range map[string]struct {
			kept, lost kefu.ContactID
			kind       kefu.ErrKind
			words      string
		}{
			"the first of a chain":      {third, first, kefu.KindConflict, "the last merge first"},
			"in the middle of a chain":  {second, first, kefu.KindConflict, "is part of"},
			"who was not merged":        {third, alone, kefu.KindConflict, "is not part of"},
			"the wrong way round":       {second, third, kefu.KindConflict, "is part of"},
			"who was erased":            {into, erased, kefu.KindConflict, "erased"},
			"oneself":                   {third, third, kefu.KindInvalid, "another contact"},
			"nobody":                    {third, "con_no", kefu.KindNotFound, "no contact"},
			"out of nobody":             {"con_no", first, kefu.KindNotFound, "no contact"},
			"with nothing to look like": {third, "", kefu.KindNotFound, "no contact"},
		} {
			_, err := b.unmerge(try.kept, try.lost)
			if wantKind(t, name, err, try.kind); !strings.Contains(fmt.Sprint(err), try.words) {
				t.Errorf("%s: %v does not say %q", name, err, try.words)
			}
		}
		if diff := cmp.Diff(before, b.whose(ids...)); diff != "" {
			t.Errorf("something moved:\n%s", diff)
		}
		for _, p := range [][2]kefu.ContactID{{third, second}, {second, first}} {
			if _, err := b.unmerge(p[0], p[1]); err != nil {
				t.Errorf("in the right order: %v", err)
			}
		}
		if _, err := b.unmerge(second, first); kefu.KindOf(err) != kefu.KindConflict {
			t.Errorf("again: %v", err)
		}
	})
}

// TestMergesArePartedForAMonth, and what is kept for that is forgotten then; erasing forgets it at once.
func TestMergesArePartedForAMonth(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		kept, lost := b.person(switchboard.ContactChange{Name: kefu.Some("A")}).ID, b.person(switchboard.ContactChange{Name: kefu.Some("B"), Phone: kefu.Some("2")}).ID
		b.merge(lost, kept)
		old := func(by time.Duration) {
			err := b.store.Update(t.Context(), func(tx *store.Tx) error {
				m, known, err := tx.MergeOf(lost)
				if err != nil || !known {
					return fmt.Errorf("known %v, %w", known, err)
				}
				if err := tx.DropMerges(lost); err != nil {
					return err
				}
				tx.Now = tx.Now.Add(-by)
				return tx.InsertMerge(m)
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		old(30*24*time.Hour + time.Hour)
		_, err := b.unmerge(kept, lost)
		if wantKind(t, "too late", err, kefu.KindConflict); !strings.Contains(fmt.Sprint(err), "30 days") {
			t.Error(err)
		}
		old(30*24*time.Hour - time.Hour)
		if _, err := b.unmerge(kept, lost); err != nil {
			t.Errorf("in time: %v", err)
		}
		b.merge(lost, kept)
		if _, err := b.EraseContact(t.Context(), operator(), kept); err != nil {
			t.Fatal(err)
		}
		b.view(func(tx *store.Tx) error {
			if m, known, err := tx.MergeOf(lost); known || err != nil {
				t.Errorf("the merge of one who was erased is known: %+v, %v", m, err)
			}
			return nil
		})
	})
}

// TestPartingIsSeenAndAudited: who does not see both contacts parts nobody.
func TestPartingIsSeenAndAudited(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		kept, lost := b.contactOf(b.writes("guild", "u1", "dm-1")), b.contactOf(b.writes("guild", "u2", "dm-2"))
		b.merge(lost, kept)
		stranger := b.employ("amy", kefu.RoleAgent, "")
		_, err := b.UnmergeContact(t.Context(), as(staffCaller(stranger.ID, kefu.RoleAgent)), kept, switchboard.Unmerge{ContactID: lost})
		wantKind(t, "who sees neither", err, kefu.KindNotFound)
		if _, err := b.unmerge(kept, lost); err != nil {
			t.Fatal(err)
		}
		b.view(func(tx *store.Tx) error {
			lines, err := tx.AuditLog(store.AuditFilter{Target: string(lost), Limit: 10})
			actions := map[string]bool{}
			for _, l := range lines {
				actions[l.Action] = true
			}
			if err != nil || !actions["contact.unmerged"] {
				t.Errorf("audited: %v, %v", slices.Sorted(maps.Keys(actions)), err)
			}
			return nil
		})
	})
}
