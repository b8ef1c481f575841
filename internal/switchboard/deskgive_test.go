package switchboard_test

import (
	"strings"
	"testing"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/store"
	"kefu/internal/switchboard"
)

func (b *board) seats(id kefu.ConversationID) (out map[kefu.InboxID]store.Link) {
	b.t.Helper()
	out = map[kefu.InboxID]store.Link{}
	b.view(func(tx *store.Tx) error {
		links, err := tx.Links(id)
		for _, l := range links {
			if l.Role == kefu.RoleDesk {
				out[l.InboxID] = l
			}
		}
		return err
	})
	return out
}

// TestATalkIsGivenToAnotherDesk holds that the new desk owns the talk and has its thread opened, that the former one is told and writes notes,
// and that it can take the talk back.
func TestATalkIsGivenToAnotherDesk(t *testing.T) {
	each(t, []kefu.InboxID{"guild"}, func(t *testing.T, b *board) {
		conv := b.take("shop", opening("33", "hello")).ConversationID
		b.openDesk(conv, "guild", "c1")
		b.queue("guild")
		if res := b.take("guild", staff("c1", "mine")); res.Private {
			t.Fatal("the first answer is a note")
		}
		b.queue("guild")
		give := command("c1", "u1", connector.CmdTransfer)
		for name, args := range map[string]map[string]string{
			connector.RefusedInvalid: {"desk": "second", "agent_id": "u2"}, connector.RefusedNotFound: {"desk": "shop"},
		} {
			give.Command.Args = args
			b.told("guild", give, name)
		}
		give.Command.Args = map[string]string{"desk": "second"}
		b.told("guild", give, "")
		link, ok := b.seats(conv)["second"]
		if now := b.talk(conv); !ok || now.OwnerLinkID != link.ID || now.AssigneeID != "" || now.Handler != kefu.HandlerQueue {
			t.Fatalf("after the transfer %+v, links %+v", now, b.seats(conv))
		}
		if got := b.queue("second"); !strings.HasPrefix(got, string(kefu.DeliverOpen)) {
			t.Errorf("the new desk is sent %q", got)
		}
		if got := b.queue("guild"); !strings.Contains(got, string(connector.StatusAssigned)) {
			t.Errorf("the former desk is told %q", got)
		}
		b.told("guild", give, "")
		if n := len(b.seats(conv)); n != 2 || b.queue("second") != "" {
			t.Errorf("given again: %d desks", n)
		}
		b.openDesk(conv, "second", "c2")
		if res := b.take("guild", staff("c1", "still me")); !res.Private {
			t.Error("the former desk's text goes to the customer")
		}
		there := staff("c2", "I am here")
		there.Sender.ID = "u7"
		if res := b.take("second", there); res.Private {
			t.Error("the new desk's text is a note")
		}
		b.told("guild", command("c1", "u1", connector.CmdTakeOver), "")
		if b.talk(conv).OwnerLinkID == link.ID {
			t.Error("the talk could not be taken back")
		}
	})
}

func TestATalkIsGivenToADeskByTheAPI(t *testing.T) {
	each(t, []kefu.InboxID{"guild"}, func(t *testing.T, b *board) {
		conv := b.take("shop", opening("33", "hello")).ConversationID
		for name, in := range map[string]switchboard.TransferRequest{
			"unknown": {Desk: "third"}, "no desk": {Desk: "shop"}, "both": {Desk: "second", TeamID: "tea_1"},
		} {
			if _, err := b.Transfer(t.Context(), operator(), conv, in); kefu.KindOf(err) != kefu.KindInvalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		if len(b.seats(conv)) != 1 {
			t.Errorf("a refused transfer has left links: %+v", b.seats(conv))
		}
		if _, err := b.Transfer(t.Context(), operator(), conv, switchboard.TransferRequest{Desk: "second", Note: "please"}); err != nil {
			t.Fatal(err)
		}
		if now := b.talk(conv); now.OwnerLinkID != b.seats(conv)["second"].ID {
			t.Errorf("owned by %s of %+v", now.OwnerLinkID, b.seats(conv))
		}
		b.view(func(tx *store.Tx) error {
			lines, err := tx.AuditLog(store.AuditFilter{Action: "conversation.transferred", Limit: 2})
			if len(lines) != 1 || !strings.Contains(string(lines[0].Detail), `"desk":"second"`) {
				t.Errorf("audited %+v", lines)
			}
			return err
		})
	})
}

// TestStaffDoNothingInACustomersThread: whoever may press a desk's buttons may not press them where a customer writes.
func TestStaffDoNothingInACustomersThread(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		conv := b.take("shop", opening("33", "hello")).ConversationID
		b.told("shop", command("33", "u1", connector.CmdClose), connector.RefusedUnknown)
		if b.talk(conv).Status != kefu.StatusOpen {
			t.Error("closed from the customer's side")
		}
	})
}

func (b *board) can(shortcut, content, locale string) switchboard.CannedResponse {
	b.t.Helper()
	r, err := b.CreateCanned(b.t.Context(), operator(), switchboard.CannedChange{Shortcut: kefu.Some(shortcut), Content: kefu.Some(content), Locale: kefu.Some(locale)})
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

func TestCannedResponsesAreSentAndFilledIn(t *testing.T) {
	each(t, []kefu.InboxID{"guild"}, func(t *testing.T, b *board) {
		first := opening("33", "hello")
		first.Sender.Name, first.Sender.Locale, first.Sender.ID = "{{agent}}", kefu.LocaleChina, "k1"
		conv := b.take("shop", first).ConversationID
		b.openDesk(conv, "guild", "c1")
		b.queue("guild")
		hi := b.can("hi", "{{customer}} #{{ number }} {{agent}} {{title}} {{other}}", "")
		b.can("hi", "您好", "zh-CN")
		b.can("bye", "Goodbye", "en")
		send := func(shortcut, more, refused string) {
			t.Helper()
			in := command("c1", "Amy", connector.CmdCanned)
			in.Command.Args["shortcut"], in.Content.Text = shortcut, more
			b.told("guild", in, refused)
		}
		send("nothing", "", connector.RefusedNotFound)
		send("", "", connector.RefusedNotFound)
		send(string(hi.ID), "and more", "")
		send("HI", "", "")
		want := "contact:hello agent:{{agent}} #1 Amy 關於訂單 {{other}}\n\nand more agent:您好"
		if got := b.texts(conv); got != want {
			t.Errorf("the talk is\n%s, want\n%s", got, want)
		}
		if got := b.queue("guild"); !strings.Contains(got, "您好") {
			t.Errorf("the desk is shown %q", got)
		}
		b.told("guild", command("c1", "Amy", connector.CmdClose), "")
		send("bye", "", connector.RefusedClosed)
	})
}

func labels(v *connector.View) string {
	var out []string
	for _, ch := range v.Choices {
		out = append(out, ch.Label)
	}
	return strings.Join(out, " | ")
}

// TestOptionsAreFound holds the order of what is offered, that writing differently finds alike, and who is offered nothing.
func TestOptionsAreFound(t *testing.T) {
	each(t, []kefu.InboxID{"guild"}, func(t *testing.T, b *board) {
		first := opening("33", "hello")
		first.Sender.ID, first.Sender.Locale = "k1", kefu.LocaleChina
		conv := b.take("shop", first).ConversationID
		b.openDesk(conv, "guild", "c1")
		b.can("refund-late", "Wait a week", "en")
		b.can("refund", "Refunds take a week", "en")
		b.can("refund", "退款需要一周", "zh-CN")
		b.can("refund", "any language", "")
		b.can("no-refund", "No", "en")
		b.can("hello", "About a refund?", "en")
		b.can("退貨", "退貨說明", "zh-TW")
		if _, err := b.CreateTeam(t.Context(), operator(), switchboard.TeamChange{Name: kefu.Some("Payments")}); err != nil {
			t.Fatal(err)
		}
		find := func(thread, what, q string) string {
			t.Helper()
			in := deskAsks("u1", connector.CmdFind, "what", what, "q", q)
			in.ThreadID, in.Sender.Locale = thread, kefu.LocaleEnglish
			return labels(b.told("guild", in, "").View)
		}
		for _, c := range []struct{ thread, what, q, want string }{
			{"c1", "canned", "REFUND", "refund (zh-CN) — 退款需要一周 | refund (en) — Refunds take a week | refund — any language | refund-late (en) — Wait a week | no-refund (en) — No | hello (en) — About a refund?"},
			{"c1", "canned", "退货", "退貨 (zh-TW) — 退貨說明"},
			{"c1", "canned", "nothing", ""},
			{"", "team", "pay", "Payments"},
			{"c1", "team", "", "Payments"},
			{"c1", "desk", "", "Guild | Second"},
			{"c1", "desk", "sec", "Second"},
			{"lobby", "canned", "refund", ""},
			{"lobby", "team", "", ""},
			{"c1", "secret", "", ""},
		} {
			if got := find(c.thread, c.what, c.q); got != c.want {
				t.Errorf("%s %q from %q: %q, want %q", c.what, c.q, c.thread, got, c.want)
			}
		}
	})
}
