package switchboard_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"kefu"
	"kefu/internal/store"
	"kefu/internal/switchboard"
)

// around are hours of UTC that are open from one number of hours from now to another. A range may reach over midnight.
func around(from, to int) switchboard.InboxHours {
	clock := func(h int) string { return time.Now().UTC().Add(time.Duration(h) * time.Hour).Format("15:04") }
	day := clock(from) + "-" + clock(to)
	return switchboard.InboxHours{Zone: "UTC", Week: switchboard.WeekHours{Mon: day, Tue: day, Wed: day, Thu: day, Fri: day, Sat: day, Sun: day}}
}

func TestHoursOfAnInbox(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		changes := 0
		b.Offer(channels{}, func() { changes++ })
		in, err := b.CreateInbox(t.Context(), operator(), switchboard.InboxChange{ID: kefu.Some(kefu.InboxID("club")), Channel: kefu.Some("api")})
		if err != nil || in.Hours != nil || !in.OpenNow || in.NextOpening != nil {
			t.Fatalf("without hours: %+v, %v", in, err)
		}
		change := func(ch switchboard.InboxChange) switchboard.InboxView {
			t.Helper()
			if _, err := b.UpdateInbox(t.Context(), operator(), "club", ch); err != nil {
				t.Fatal(err)
			}
			out, err := b.InboxView(t.Context(), staffCaller("agt_amy", kefu.RoleAgent), "club")
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		open := around(-2, 2)
		if in = change(switchboard.InboxChange{Hours: kefu.Some(open)}); in.Hours == nil || in.Hours.Week != open.Week || !in.OpenNow || in.NextOpening != nil {
			t.Errorf("open: %+v", in)
		}
		sameAfterJSON(t, in)
		if in = change(switchboard.InboxChange{Hours: kefu.Some(around(2, 4))}); in.OpenNow || in.NextOpening == nil || time.Until(*in.NextOpening) > 2*time.Hour {
			t.Errorf("closed: %+v", in)
		}
		if in = change(switchboard.InboxChange{Name: kefu.Some("Club")}); in.OpenNow || in.Hours == nil {
			t.Errorf("another member was changed: %+v", in)
		}
		ask := operator()
		ask.IfMatch = kefu.ETag(in)
		if _, err := b.UpdateInbox(t.Context(), ask, "club", switchboard.InboxChange{Name: kefu.Some("The Club")}); err != nil {
			t.Errorf("what was read is what is there: %v", err)
		}
		for field, h := range map[string]switchboard.InboxHours{
			"hours.zone": {}, "hours.week.tue": {Zone: "UTC", Week: switchboard.WeekHours{Mon: "09:00-18:00", Tue: "late"}},
			"hours.holidays[0]": {Zone: "UTC", Week: switchboard.WeekHours{Mon: "09:00-18:00"}, Holidays: []string{"Easter"}}, "hours.week": {Zone: "UTC"},
		} {
			_, err := b.UpdateInbox(t.Context(), operator(), "club", switchboard.InboxChange{Hours: kefu.Some(h)})
			if wantKind(t, field, err, kefu.KindInvalid); !strings.Contains(fmt.Sprint(err), field) {
				t.Errorf("%v does not name %s", err, field)
			}
		}
		if in = change(switchboard.InboxChange{Hours: kefu.Opt[switchboard.InboxHours]{Given: true, Null: true}}); in.Hours != nil || !in.OpenNow {
			t.Errorf("always: %+v", in)
		}
		if changes != 6 {
			t.Errorf("somebody was told of %d changes, want 6", changes)
		}
		wantMade(t, b, "club", kefu.Hours{})
		change(switchboard.InboxChange{Hours: kefu.Some(switchboard.InboxHours{Zone: "UTC", Week: switchboard.WeekHours{Sun: "09:00-18:00"}, Holidays: []string{"01-01"}})})
		wantMade(t, b, "club", kefu.Hours{Zone: "UTC", Week: [7]string{6: "09:00-18:00"}, Holidays: []string{"01-01"}})
	})
}

// wantMade holds what the program builds its inboxes from against what was set.
func wantMade(t *testing.T, b *board, id kefu.InboxID, want kefu.Hours) {
	t.Helper()
	b.view(func(tx *store.Tx) error {
		i, err := tx.Inbox(id)
		if err != nil {
			return err
		}
		got, err := switchboard.HoursOf(i)
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("hours %+v, want %+v", got, want)
		}
		return err
	})
}

func TestHoursOfTheFile(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		hours := kefu.Hours{Zone: "Asia/Taipei", Week: [7]string{0: "09:00-18:00"}}
		file := switchboard.New(b.store, b.signals, vault{}, box{}, slog.New(slog.DiscardHandler), []switchboard.Inbox{{ID: "shop", Channel: "toy", Name: "Shop", Hours: hours}})
		file.Offer(channels{}, nil)
		if err := b.store.Update(t.Context(), func(tx *store.Tx) error { return tx.SaveInbox("shop", "toy", "Shop", true) }); err != nil {
			t.Fatal(err)
		}
		in, err := file.InboxView(t.Context(), operator().Caller, "shop")
		if err != nil || in.Hours == nil || in.Hours.Zone != "Asia/Taipei" || in.Hours.Week.Mon != "09:00-18:00" || in.OpenNow == (in.NextOpening != nil) {
			t.Errorf("%+v, %v", in, err)
		}
		_, err = file.UpdateInbox(t.Context(), operator(), "shop", switchboard.InboxChange{Hours: kefu.Some(around(0, 2))})
		wantKind(t, "change", err, kefu.KindConflict)
	})
}

func TestBlockingByREST(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		k := b.person(switchboard.ContactChange{Name: kefu.Some("Lin"), Locale: kefu.Some(kefu.LocaleTaiwan)})
		if k.Locale == nil || *k.Locale != kefu.LocaleTaiwan || k.BlockedAt != nil {
			t.Fatalf("made %+v", k)
		}
		change := func(ask kefu.Ask, ch switchboard.ContactChange) switchboard.Contact {
			t.Helper()
			if _, err := b.UpdateContact(t.Context(), ask, k.ID, ch); err != nil {
				t.Fatal(err)
			}
			out, err := b.Contact(t.Context(), operator().Caller, k.ID)
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		amy, boss := b.employ("amy", kefu.RoleAgent, ""), b.employ("boss", kefu.RoleSupervisor, "")
		admin := as(staffCaller(boss.ID, kefu.RoleAdmin))
		blocked := change(admin, switchboard.ContactChange{Blocked: kefu.Some(true)})
		if blocked.BlockedAt == nil {
			t.Fatalf("blocked %+v", blocked)
		}
		again := change(admin, switchboard.ContactChange{Blocked: kefu.Some(true), Locale: kefu.Opt[kefu.Locale]{Given: true, Null: true}})
		if again.BlockedAt == nil || !again.BlockedAt.Equal(*blocked.BlockedAt) || again.Locale != nil {
			t.Errorf("blocked again %+v, since %s", again, blocked.BlockedAt)
		}
		sameAfterJSON(t, again)
		b.person(switchboard.ContactChange{Name: kefu.Some("Chen")})
		for _, sorted := range []time.Time{{}, time.Now().Add(-time.Hour)} {
			list, err := b.Contacts(t.Context(), operator().Caller, switchboard.ContactQuery{Blocked: true, UpdatedSince: sorted}, switchboard.Paging{})
			if err != nil || len(list.Items) != 1 || list.Items[0].ID != k.ID {
				t.Errorf("blocked ones %+v, %v", list.Items, err)
			}
		}
		if free := change(operator(), switchboard.ContactChange{Blocked: kefu.Some(false)}); free.BlockedAt != nil {
			t.Errorf("not blocked any more: %+v", free)
		}
		self := as(kefu.Caller{Kind: kefu.CallerContact, ID: string(k.ID)})
		for name, ask := range map[string]kefu.Ask{"an agent": as(staffCaller(amy.ID, kefu.RoleAgent)), "the contact": self} {
			_, err := b.UpdateContact(t.Context(), ask, k.ID, switchboard.ContactChange{Blocked: kefu.Some(true)})
			if kind := kefu.KindOf(err); kind != kefu.KindForbidden && kind != kefu.KindNotFound {
				t.Errorf("%s blocks: %v", name, err)
			}
		}
		if own := change(self, switchboard.ContactChange{Locale: kefu.Some(kefu.LocaleChina)}); own.Locale == nil || *own.Locale != kefu.LocaleChina {
			t.Errorf("the own language: %+v", own)
		}
		_, err := b.UpdateContact(t.Context(), operator(), k.ID, switchboard.ContactChange{Locale: kefu.Some(kefu.Locale("fr"))})
		wantKind(t, "a language that nobody speaks", err, kefu.KindInvalid)
		if made := b.person(switchboard.ContactChange{Name: kefu.Some("Spam"), Blocked: kefu.Some(true)}); made.BlockedAt == nil {
			t.Errorf("made blocked: %+v", made)
		}
		for action, want := range map[string]int{"contact.blocked": 2, "contact.unblocked": 1} {
			list, err := b.AuditLog(t.Context(), operator().Caller, switchboard.AuditQuery{Action: action}, switchboard.Paging{})
			if err != nil || len(list.Items) != want {
				t.Errorf("%s: %+v, %v; want %d", action, list.Items, err, want)
			}
		}
	})
}
