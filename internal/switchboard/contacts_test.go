package switchboard_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/connector"
	"kefu/internal/storetest"
	"kefu/internal/switchboard"
)

func (b *board) person(ch switchboard.ContactChange) switchboard.Contact {
	b.t.Helper()
	k, err := b.CreateContact(b.t.Context(), operator(), ch)
	if err != nil {
		b.t.Fatal(err)
	}
	return k
}

func deep(n int) map[string]any {
	v := map[string]any{"x": "y"}
	for range n - 1 {
		v = map[string]any{"x": v}
	}
	return v
}

func TestContactsAreRefusedByEveryFault(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		_, err := b.CreateContact(t.Context(), operator(), switchboard.ContactChange{})
		wantKind(t, "nothing known", err, kefu.KindInvalid)
		_, err = b.CreateContact(t.Context(), operator(), switchboard.ContactChange{Name: kefu.Some(strings.Repeat("字", 201)), Email: kefu.Some("nowhere"),
			Phone: kefu.Some(strings.Repeat("1", 51)), ExternalID: kefu.Some(strings.Repeat("x", 201)), Attributes: kefu.Some(deep(6))})
		wantKind(t, "faults", err, kefu.KindInvalid)
		for _, field := range []string{"name", "email", "phone", "external_id", "attributes"} {
			if !strings.Contains(fmt.Sprint(err), field) {
				t.Errorf("%v does not name %s", err, field)
			}
		}
		_, err = b.CreateContact(t.Context(), operator(), switchboard.ContactChange{Name: kefu.Some("x"), Attributes: kefu.Some(map[string]any{"x": strings.Repeat("y", 17<<10)})})
		wantKind(t, "large attributes", err, kefu.KindInvalid)
		k := b.person(switchboard.ContactChange{ExternalID: kefu.Some("c-1"), Attributes: kefu.Some(deep(5))})
		sameAfterJSON(t, k)
		_, err = b.CreateContact(t.Context(), operator(), switchboard.ContactChange{ExternalID: kefu.Some("c-1")})
		if wantKind(t, "external id taken", err, kefu.KindConflict); !strings.Contains(fmt.Sprint(err), string(k.ID)) {
			t.Errorf("%v does not name %s", err, k.ID)
		}
		other := b.person(switchboard.ContactChange{Name: kefu.Some("Lin")})
		_, err = b.UpdateContact(t.Context(), operator(), other.ID, switchboard.ContactChange{ExternalID: kefu.Some("c-1")})
		wantKind(t, "external id taken by a change", err, kefu.KindConflict)
		changed, err := b.UpdateContact(t.Context(), operator(), k.ID, switchboard.ContactChange{ExternalID: kefu.Opt[string]{Given: true, Null: true},
			Attributes: kefu.Opt[map[string]any]{Given: true, Null: true}})
		if err != nil || changed.ExternalID != "" || len(changed.Attributes) != 0 {
			t.Errorf("%+v, %v", changed, err)
		}
		self := kefu.Caller{Kind: kefu.CallerContact, ID: string(other.ID)}
		_, err = b.UpdateContact(t.Context(), as(self), other.ID, switchboard.ContactChange{Name: kefu.Some("Me")})
		wantKind(t, "a contact's own name", err, "")
		_, err = b.UpdateContact(t.Context(), as(self), other.ID, switchboard.ContactChange{ExternalID: kefu.Some("c-9")})
		wantKind(t, "a contact's external id", err, kefu.KindForbidden)
		_, err = b.UpdateContact(t.Context(), as(self), k.ID, switchboard.ContactChange{Name: kefu.Some("x")})
		wantKind(t, "somebody else", err, kefu.KindNotFound)
		_, err = b.CreateContact(t.Context(), as(self), switchboard.ContactChange{Name: kefu.Some("x")})
		wantKind(t, "a contact makes one", err, kefu.KindForbidden)
	})
}

// TestContactsAreSeenByTheirConversations: every filter with every sight, on both engines.
func TestContactsAreSeenByTheirConversations(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		amy := b.employ("amy", kefu.RoleAgent, "")
		team, err := b.CreateTeam(t.Context(), operator(), switchboard.TeamChange{Name: kefu.Some("Sales"), MemberIDs: kefu.Some([]kefu.AgentID{amy.ID})})
		if err != nil {
			t.Fatal(err)
		}
		in := opening("1", "hello")
		in.Sender = connector.Sender{Kind: kefu.AuthorContact, ID: "v1", Name: "Demo", Email: "demo@example.com"}
		conv := b.take("shop", in).ConversationID
		lone := b.person(switchboard.ContactChange{Name: kefu.Some("王小明"), Email: kefu.Some("Ming@example.com"), Phone: kefu.Some("0912"), ExternalID: kefu.Some("c-1")})
		self := kefu.Caller{Kind: kefu.CallerContact, ID: string(lone.ID)}
		bound := kefu.Caller{Kind: kefu.CallerClient, ID: "key_1", Bound: true}
		staff := staffCaller(amy.ID, kefu.RoleAgent)
		count := func(name string, by kefu.Caller, q switchboard.ContactQuery, want int) {
			t.Helper()
			list, err := b.Contacts(t.Context(), by, q, switchboard.Paging{})
			if err != nil || len(list.Items) != want || list.NextCursor != "" {
				t.Errorf("%s: %+v, %v; want %d", name, list, err, want)
			}
		}
		all := switchboard.ContactQuery{Q: "小", Email: "Ming@example.com", Phone: "0912", ExternalID: "c-1", CreatedSince: time.Now().Add(-time.Hour),
			UpdatedSince: time.Now().Add(-time.Hour)}
		count("all", operator().Caller, switchboard.ContactQuery{}, 2)
		count("inbox", operator().Caller, switchboard.ContactQuery{Inbox: "shop"}, 1)
		count("every filter", operator().Caller, all, 1)
		for name, by := range map[string]kefu.Caller{"self": self, "bound": bound, "staff": staff, "supervisor": staffCaller(amy.ID, kefu.RoleSupervisor), "nobody": {}} {
			want := map[bool]int{true: 1}[name == "self"]
			count(name, by, switchboard.ContactQuery{}, want)
			count(name+", every filter", by, all, want)
		}
		if _, err := b.UpdateConversation(t.Context(), operator(), conv, switchboard.ConversationChange{TeamID: kefu.Some(team.ID)}); err != nil {
			t.Fatal(err)
		}
		count("the team's", staff, switchboard.ContactQuery{Q: "DEMO@"}, 1)
		count("newest first and nothing else", staff, switchboard.ContactQuery{Q: "100%"}, 0)
		_, err = b.Contact(t.Context(), staff, lone.ID)
		wantKind(t, "not in sight", err, kefu.KindNotFound)
		_, err = b.MergeContacts(t.Context(), as(staff), lone.ID, switchboard.Merge{From: "con_no"})
		wantKind(t, "merge what is not in sight", err, kefu.KindNotFound)
		_, err = b.EraseContact(t.Context(), as(staff), lone.ID)
		wantKind(t, "erase what is not in sight", err, kefu.KindNotFound)
		_, err = b.ExportContact(t.Context(), as(staff), lone.ID)
		wantKind(t, "export what is not in sight", err, kefu.KindNotFound)
	})
}

// TestContactPagesMissNobody: pages by creation and by change, with a search, cover everybody once.
func TestContactPagesMissNobody(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		for i := range 7 {
			b.person(switchboard.ContactChange{Name: kefu.Some(fmt.Sprintf("Lin %d", i))})
		}
		for name, q := range map[string]switchboard.ContactQuery{"plain": {}, "search": {Q: "lin"}, "changed": {UpdatedSince: time.Now().Add(-time.Hour)},
			"changed, search": {Q: "LIN", UpdatedSince: time.Now().Add(-time.Hour)}} {
			seen, p := map[kefu.ContactID]bool{}, switchboard.Paging{Limit: 3}
			for {
				list, err := b.Contacts(t.Context(), operator().Caller, q, p)
				if err != nil {
					t.Fatal(err)
				}
				for _, k := range list.Items {
					if seen[k.ID] {
						t.Errorf("%s: %s twice", name, k.Name)
					}
					seen[k.ID] = true
				}
				if p.Cursor = list.NextCursor; p.Cursor == "" {
					break
				}
			}
			if len(seen) != 7 {
				t.Errorf("%s: %d of 7", name, len(seen))
			}
		}
	})
}

func TestMergedContactsAreOne(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		in := opening("1", "hello")
		in.Sender = connector.Sender{Kind: kefu.AuthorContact, ID: "v1", Name: "Demo"}
		conv := b.take("shop", in).ConversationID
		kept := b.person(switchboard.ContactChange{Name: kefu.Some("王小明"), Attributes: kefu.Some(map[string]any{"level": "gold"})})
		lost := b.messages(conv)[0].Author.ID
		_, err := b.UpdateContact(t.Context(), operator(), kefu.ContactID(lost), switchboard.ContactChange{ExternalID: kefu.Some("c-1"), Phone: kefu.Some("0912"),
			Attributes: kefu.Some(map[string]any{"level": "silver", "since": "2020"})})
		if err != nil {
			t.Fatal(err)
		}
		for name, m := range map[string]switchboard.Merge{"neither": {}, "both": {From: "a", Into: "b"}, "itself": {Into: kept.ID}} {
			_, err := b.MergeContacts(t.Context(), operator(), kept.ID, m)
			wantKind(t, name, err, kefu.KindInvalid)
		}
		one, err := b.MergeContacts(t.Context(), operator(), kept.ID, switchboard.Merge{From: kefu.ContactID(lost)})
		if err != nil {
			t.Fatal(err)
		}
		if one.ID != kept.ID || one.ExternalID != "c-1" || one.Phone != "0912" || one.Name != "王小明" || one.Attributes["level"] != "gold" || one.Attributes["since"] != "2020" {
			t.Errorf("%+v", one)
		}
		gone, err := b.Contact(t.Context(), operator().Caller, kefu.ContactID(lost))
		if err != nil || gone.MergedInto == nil || *gone.MergedInto != kept.ID {
			t.Errorf("%+v, %v", gone, err)
		}
		self := kefu.Caller{Kind: kefu.CallerContact, ID: string(kept.ID)}
		if _, err := b.Contact(t.Context(), self, kefu.ContactID(lost)); err != nil {
			t.Errorf("the one that stays does not see what it was: %v", err)
		}
		if got := b.messages(conv)[0].Author.ID; got != string(kept.ID) {
			t.Errorf("the message is of %s", got)
		}
		// The next message of the same visitor belongs to the contact that stayed.
		again := opening("2", "me again")
		again.Sender = in.Sender
		if got := b.messages(b.take("shop", again).ConversationID)[0].Author.ID; got != string(kept.ID) {
			t.Errorf("the next message is of %s", got)
		}
		_, err = b.UpdateContact(t.Context(), operator(), kefu.ContactID(lost), switchboard.ContactChange{Name: kefu.Some("x")})
		wantKind(t, "changing what was merged", err, kefu.KindConflict)
		_, err = b.MergeContacts(t.Context(), operator(), kept.ID, switchboard.Merge{From: kefu.ContactID(lost)})
		wantKind(t, "merging twice", err, kefu.KindConflict)
		_, err = b.EraseContact(t.Context(), operator(), kefu.ContactID(lost))
		wantKind(t, "erasing what was merged", err, kefu.KindConflict)
	})
}

// shelf is a vault that remembers what was deleted.
type shelf struct {
	vault

	deleted *[]string
}

func (s shelf) Delete(sha string) error {
	*s.deleted = append(*s.deleted, sha)
	return nil
}

// secretWords are what only the erased person said, or is.
func secretWords() []string {
	return []string{"我的地址", "address again", "Wang", "wang@example.com", "0912-345", "c-77", "gold-secret", "about them", "Hidden subject", "passport.png"}
}

// TestErasedPersonIsNowhere: after an erasure no table has a word of the person, and everything else is as before.
func TestErasedPersonIsNowhere(t *testing.T) {
	each(t, []kefu.InboxID{"guild"}, func(t *testing.T, old *board) {
		var deleted []string
		inboxes := []switchboard.Inbox{{ID: "shop", Channel: "wordpress", Name: "Shop", Desks: []kefu.InboxID{"guild"}}, {ID: "guild", Channel: "discord", Name: "Guild", Changes: true}}
		b := *old
		b.Switchboard = switchboard.New(old.store, bus.New(), shelf{deleted: &deleted}, box{}, slog.New(slog.DiscardHandler), inboxes)
		in := opening("1", "我的地址 is here")
		in.Title = "Hidden subject"
		in.Sender = connector.Sender{Kind: kefu.AuthorContact, ID: "v1", Name: "Wang", Email: "wang@example.com"}
		in.Content.Attachments = []kefu.Attachment{{Name: "passport.png", SHA256: strings.Repeat("a", 64)}, {Name: "cat.png", SHA256: strings.Repeat("b", 64)}}
		conv := b.take("shop", in).ConversationID
		id := kefu.ContactID(b.messages(conv)[0].Author.ID)
		b.openDesk(conv, "guild", "c1")
		word := staff("c1", "a word about them")
		word.ExternalID, word.Key, word.Cursor = "m1", "m:m1", "m1"
		b.take("guild", word)
		b.queue("guild")
		other := opening("2", "somebody else")
		other.Sender = connector.Sender{Kind: kefu.AuthorContact, ID: "v2", Name: "Lee"}
		other.Content.Attachments = []kefu.Attachment{{Name: "cat.png", SHA256: strings.Repeat("b", 64)}}
		kept := b.take("shop", other).ConversationID
		ask := operator()
		ask.Key, ask.Fingerprint = "k1", "f1"
		if _, err := b.UpdateContact(t.Context(), ask, id, switchboard.ContactChange{Phone: kefu.Some("0912-345"), ExternalID: kefu.Some("c-77"),
			Attributes: kefu.Some(map[string]any{"level": "gold-secret"})}); err != nil {
			t.Fatal(err)
		}
		ask.Key = "k2"
		sent, err := b.Send(t.Context(), ask, switchboard.NewMessage{ConversationID: conv, Content: "address again", SenderType: kefu.AuthorBot})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.EditMessage(t.Context(), operator(), sent.ID, switchboard.MessageChange{Content: kefu.Some("changed")}); err != nil {
			t.Fatal(err)
		}
		b.queue("guild")

		doc, err := b.ExportContact(t.Context(), operator(), id)
		raw, _ := json.Marshal(doc)
		if err != nil || len(doc.Conversations) != 1 || !strings.Contains(string(raw), "我的地址") || !strings.Contains(string(raw), "gold-secret") || strings.Contains(string(raw), "Lee") {
			t.Errorf("export: %s, %v", raw, err)
		}

		erase := operator()
		erase.Key, erase.Fingerprint = "k3", "f3"
		receipt, err := b.EraseContact(t.Context(), erase, id)
		if err != nil {
			t.Fatal(err)
		}
		if receipt.Conversations != 1 || receipt.Messages < 3 || receipt.Files != 2 || receipt.Identities != 1 || receipt.Events == 0 {
			t.Errorf("%+v", receipt)
		}
		for name, again := range map[string]kefu.Ask{"the same key": erase, "again": operator()} {
			if got, err := b.EraseContact(t.Context(), again, id); err != nil || !got.ErasedAt.Equal(receipt.ErasedAt) || got.Messages != receipt.Messages {
				t.Errorf("%s: %+v, %v; want %+v", name, got, err, receipt)
			}
		}
		for table, text := range storetest.Dump(t, b.store.DB()) {
			for _, word := range secretWords() {
				if strings.Contains(text, word) {
					at := strings.Index(text, word)
					t.Errorf("%s still has %q: %s", table, word, text[max(0, at-200):min(len(text), at+100)])
				}
			}
		}
		if len(deleted) != 1 || deleted[0] != strings.Repeat("a", 64) {
			t.Errorf("deleted %q: the picture that somebody else sent too must stay", deleted)
		}
		if got := b.texts(kept); !strings.Contains(got, "somebody else") {
			t.Errorf("somebody else's conversation: %s", got)
		}
		k, err := b.Contact(t.Context(), operator().Caller, id)
		if err != nil || k.ErasedAt == nil || k.Name != "" {
			t.Errorf("%+v, %v", k, err)
		}
		if events := b.events(); events["contact.erased"] != 1 || events["message.deleted"] < 2 || events["conversation.closed"] != 1 {
			t.Errorf("events %v", events)
		}
		if got := b.queue("guild"); !strings.Contains(got, "change") {
			t.Errorf("the desk is told %q", got)
		}
		// Whoever writes from the same place is a new person in a new conversation.
		next := b.take("shop", in)
		if next.ConversationID == conv || b.messages(next.ConversationID)[0].Author.ID == string(id) {
			t.Error("the next message found its way to the erased person")
		}
		_, err = b.UpdateContact(t.Context(), operator(), id, switchboard.ContactChange{Name: kefu.Some("x")})
		wantKind(t, "changing what was erased", err, kefu.KindConflict)
	})
}
