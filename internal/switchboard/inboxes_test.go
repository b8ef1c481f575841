package switchboard_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/store"
	"kefu/internal/switchboard"
)

// channels are a channel with every kind of setting; it refuses the name "bad".
type channels struct{}

func (channels) Descriptors() []connector.Descriptor {
	return []connector.Descriptor{{Kind: "toy", Title: map[string]string{"en": "Toy"}, Desk: true, Fields: []connector.Field{
		{Name: "token", Type: "secret", Required: true}, {Name: "room", Type: "string"}, {Name: "loud", Type: "bool"},
		{Name: "roles", Type: "list"}, {Name: "extra", Type: "map"}, {Name: "every", Type: "duration"}}}}
}

func (channels) Check(in connector.Inbox) error {
	if strings.Contains(string(in.Settings), `"bad"`) {
		var f kefu.Faults
		f.Add("room", "is bad")
		return f.Err("the settings are wrong")
	}
	return nil
}

func (channels) Settings(kefu.InboxID) json.RawMessage {
	return json.RawMessage(`{"token":"from-file","room":"r"}`)
}

func TestInboxes(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		changes := 0
		b.Offer(channels{}, func() { changes++ })
		make1 := func(id, channel string, settings map[string]any) (switchboard.InboxView, error) {
			return b.CreateInbox(t.Context(), operator(), switchboard.InboxChange{ID: kefu.Some(kefu.InboxID(id)), Channel: kefu.Some(channel), Settings: kefu.Some(settings)})
		}
		_, err := make1("Bad Id", "nothing", nil)
		wantKind(t, "faults", err, kefu.KindInvalid)
		_, err = make1("toy", "toy", map[string]any{"room": 5, "loud": "x", "roles": "x", "extra": []any{}, "every": 5, "what": 1})
		wantKind(t, "settings", err, kefu.KindInvalid)
		for _, field := range []string{"token", "room", "loud", "roles", "extra", "every", "what"} {
			if !strings.Contains(fmt.Sprint(err), "settings."+field) {
				t.Errorf("%v does not name %s", err, field)
			}
		}
		_, err = make1("toy", "toy", map[string]any{"token": "t", "room": "bad"})
		wantKind(t, "the channel refuses", err, kefu.KindInvalid)
		if changes != 0 {
			t.Error("nothing was changed, and somebody was told")
		}
		in, err := make1("toy", "toy", map[string]any{"token": "s3cret", "room": "r"})
		if err != nil || in.Settings["token"] != "***" || in.Settings["room"] != "r" || in.Name != "toy" || changes != 1 {
			t.Fatalf("%+v, %v, %d changes", in, err, changes)
		}
		_, err = make1("toy", "toy", map[string]any{"token": "t"})
		wantKind(t, "taken", err, kefu.KindConflict)
		// What was read is sent back with one change: the secret stays.
		in.Settings["room"] = "r2"
		in, err = b.UpdateInbox(t.Context(), operator(), "toy", switchboard.InboxChange{Settings: kefu.Some(in.Settings), Name: kefu.Some("Toy")})
		if err != nil || in.Settings["room"] != "r2" || in.Name != "Toy" {
			t.Fatalf("%+v, %v", in, err)
		}
		var made []store.Inbox
		err = b.store.View(t.Context(), func(tx *store.Tx) (err error) {
			made, err = tx.MadeInboxes()
			return err
		})
		if err != nil || len(made) != 1 {
			t.Fatalf("%+v, %v", made, err)
		}
		if opened, err := switchboard.OpenSettings(box{}, made[0]); err != nil || string(opened) != `{"room":"r2","token":"s3cret"}` {
			t.Errorf("%s, %v", opened, err)
		}
		_, err = b.UpdateInbox(t.Context(), operator(), "toy", switchboard.InboxChange{Settings: kefu.Some(map[string]any{"token": nil})})
		wantKind(t, "without a secret that is needed", err, kefu.KindInvalid)
		_, err = b.UpdateInbox(t.Context(), operator(), "toy", switchboard.InboxChange{Channel: kefu.Some("api")})
		wantKind(t, "another channel", err, kefu.KindInvalid)
		if got := len(b.Channels().Items); got != 2 {
			t.Errorf("%d channels", got)
		}
		if err := b.DeleteInbox(t.Context(), operator(), "toy"); err != nil {
			t.Fatal(err)
		}
		_, err = b.InboxView(t.Context(), operator().Caller, "toy")
		wantKind(t, "deleted", err, kefu.KindNotFound)
		wantKind(t, "deleted again", b.DeleteInbox(t.Context(), operator(), "toy"), kefu.KindNotFound)
		if _, err = make1("toy", "toy", map[string]any{"token": "t"}); err != nil {
			t.Errorf("the id of a deleted inbox: %v", err)
		}
	})
}

func TestInboxesOfTheFileAreReadOnly(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		b.Offer(channels{}, nil)
		if err := b.store.Update(t.Context(), func(tx *store.Tx) error { return tx.SaveInbox("shop", "toy", "Shop", true) }); err != nil {
			t.Fatal(err)
		}
		in, err := b.InboxView(t.Context(), operator().Caller, "shop")
		if err != nil || !in.Provisioned || in.Settings["token"] != "***" || in.Settings["room"] != "r" {
			t.Errorf("%+v, %v", in, err)
		}
		_, err = b.UpdateInbox(t.Context(), operator(), "shop", switchboard.InboxChange{Name: kefu.Some("x")})
		wantKind(t, "change", err, kefu.KindConflict)
		wantKind(t, "delete", b.DeleteInbox(t.Context(), operator(), "shop"), kefu.KindConflict)
		amy := staffCaller("agt_amy", kefu.RoleAgent)
		seen, err := b.InboxView(t.Context(), amy, "shop")
		if err != nil || len(seen.Settings) != 0 {
			t.Errorf("an agent sees %+v, %v", seen, err)
		}
		_, err = b.CreateInbox(t.Context(), as(amy), switchboard.InboxChange{})
		wantKind(t, "an agent makes one", err, kefu.KindForbidden)
		for name, by := range map[string]kefu.Caller{"bound": {Kind: kefu.CallerClient, ID: "key_1", Bound: true}, "contact": {Kind: kefu.CallerContact, ID: "con_1"}, "nobody": {}} {
			_, err := b.InboxView(t.Context(), by, "shop")
			wantKind(t, name, err, kefu.KindNotFound)
			list, err := b.InboxViews(t.Context(), by, "toy", switchboard.Paging{})
			if err != nil || len(list.Items) != 0 {
				t.Errorf("%s sees %+v, %v", name, list, err)
			}
		}
		list, err := b.InboxViews(t.Context(), amy, "toy", switchboard.Paging{})
		if err != nil || len(list.Items) != 1 {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

func TestInboxInUseStays(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		b.Offer(channels{}, nil)
		if err := b.store.Update(t.Context(), func(tx *store.Tx) error { return tx.SaveInbox("shop", "toy", "Shop", false) }); err != nil {
			t.Fatal(err)
		}
		conv := b.take("shop", opening("1", "hello")).ConversationID
		wantKind(t, "in use", b.DeleteInbox(t.Context(), operator(), "shop"), kefu.KindConflict)
		if _, err := b.EndConversation(t.Context(), operator(), conv); err != nil {
			t.Fatal(err)
		}
		wantKind(t, "not in use", b.DeleteInbox(t.Context(), operator(), "shop"), "")
	})
}

func TestAnnouncements(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		_, err := b.Announce(t.Context(), operator(), switchboard.NewAnnouncement{Title: "Sale", Content: "Today"})
		wantKind(t, "no place", err, kefu.KindInvalid)
		_, err = b.Announce(t.Context(), operator(), switchboard.NewAnnouncement{URL: "javascript:alert(1)", InboxIDs: []kefu.InboxID{"shop"}})
		wantKind(t, "faults", err, kefu.KindInvalid)
		for _, field := range []string{"title", "content", "url", "inbox_ids"} {
			if !strings.Contains(fmt.Sprint(err), field) {
				t.Errorf("%v does not name %s", err, field)
			}
		}
		_, err = b.Announce(t.Context(), as(staffCaller("agt_amy", kefu.RoleAgent)), switchboard.NewAnnouncement{Title: "Sale", Content: "Today"})
		wantKind(t, "an agent", err, kefu.KindForbidden)
		_, err = b.Announcement(t.Context(), operator().Caller, "ann_no")
		wantKind(t, "unknown", err, kefu.KindNotFound)
		list, err := b.Announcements(t.Context(), operator().Caller, switchboard.Paging{})
		if err != nil || len(list.Items) != 0 {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

func TestUploadNeedsSomebody(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		_, err := b.Upload(t.Context(), kefu.Ask{}, strings.NewReader("x"), "a.txt")
		wantKind(t, "nobody", err, kefu.KindUnauthorized)
		ask := kefu.Ask{Caller: operator().Caller, Key: "once"}
		up, err := b.Upload(t.Context(), ask, strings.NewReader("x"), "a.txt")
		if again, err := b.Upload(t.Context(), ask, strings.NewReader("x"), "a.txt"); err != nil || again != up {
			t.Errorf("the same file under the same key: %+v, %v", again, err)
		}
		_, other := b.Upload(t.Context(), ask, strings.NewReader("y"), "b.txt")
		wantKind(t, "another file under the same key", other, kefu.KindConflict)
		if err != nil || up.ID == "" || up.URL == "" || up.Name != "a.txt" || up.Size != 1 {
			t.Errorf("%+v, %v", up, err)
		}
	})
}
