package switchboard_test

import (
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/store"
	"kefu/internal/switchboard"
)

// reception is a board whose inbox help receives members by itself.
func reception(b *board, r connector.Reception) *board {
	out := *b
	out.Switchboard = switchboard.New(b.store, b.signals, vault{}, box{}, slog.New(slog.DiscardHandler), []switchboard.Inbox{
		{ID: "help", Channel: "discord", Name: "Help", Reception: r},
		{ID: "shop", Channel: "wordpress", Name: "Shop", SweepEvery: time.Hour},
	})
	return &out
}

func asks(user, thread, text string) connector.Inbound {
	return connector.Inbound{Kind: connector.InOpen, ThreadID: thread, Title: text, Content: kefu.Content{Text: text},
		Sender: connector.Sender{Kind: kefu.AuthorContact, ID: user, Name: user}}
}

// refusal is what a result says of why it was not taken, and when to try again.
func refusal(res connector.Result) (string, time.Time) {
	if res.View == nil {
		return "", time.Time{}
	}
	return res.View.Refused, res.View.After
}

// admitted takes something in that must not be refused.
func (b *board) admitted(in connector.Inbound) kefu.ConversationID {
	b.t.Helper()
	res, err := b.Receive(b.t.Context(), "help", in)
	if refused, _ := refusal(res); err != nil || refused != "" || res.ConversationID == "" {
		b.t.Fatalf("%s in %s: %+v, refused %q, %v", in.Sender.ID, in.ThreadID, res, refused, err)
	}
	return res.ConversationID
}

// refuses takes something in that must be refused, and leaves nothing.
func (b *board) refuses(in connector.Inbound, want string) time.Time {
	b.t.Helper()
	res, err := b.Receive(b.t.Context(), "help", in)
	refused, after := refusal(res)
	if err != nil || refused != want || res.MessageID != "" {
		b.t.Errorf("%s in %s: %+v, refused %q, %v; want %q", in.Sender.ID, in.ThreadID, res, refused, err, want)
	}
	return after
}

func (b *board) writerOf(conv kefu.ConversationID) kefu.Contact {
	b.t.Helper()
	var k kefu.Contact
	b.view(func(tx *store.Tx) error {
		c, err := tx.Conversation(conv)
		if err == nil {
			k, err = tx.Contact(c.ContactID)
		}
		return err
	})
	return k
}

func (b *board) block(id kefu.ContactID, blocked bool) {
	b.t.Helper()
	if _, err := b.UpdateContact(b.t.Context(), operator(), id, switchboard.ContactChange{Blocked: kefu.Some(blocked)}); err != nil {
		b.t.Fatal(err)
	}
}

func TestNobodyHasTooManyOpenMatters(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		b = reception(b, connector.Reception{MostOpen: 2})
		first := b.admitted(asks("amy", "dm", "hello"))
		second := b.admitted(asks("amy", "report:1", "a bug"))
		b.refuses(asks("amy", "report:2", "another bug"), connector.RefusedMany)
		if again := b.admitted(asks("amy", "dm", "and this?")); again != first {
			t.Errorf("what goes on in an open thread began %s, not %s", again, first)
		}
		b.admitted(asks("ben", "report:3", "somebody else"))
		if _, err := b.EndConversation(t.Context(), operator(), second); err != nil {
			t.Fatal(err)
		}
		b.admitted(asks("amy", "report:2", "another bug"))
		staff := asks("amy", "desk", "staff")
		staff.Sender.Kind = kefu.AuthorAgent
		b.admitted(staff)
	})
}

func TestNobodyBeginsTooFast(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		b = reception(b, connector.Reception{MostOpen: 5, Cooldown: time.Hour})
		conv := b.admitted(asks("amy", "dm", "hello"))
		var began time.Time
		b.view(func(tx *store.Tx) error {
			c, err := tx.Conversation(conv)
			began = c.CreatedAt
			return err
		})
		if after := b.refuses(asks("amy", "report:1", "a bug"), connector.RefusedSoon); !after.Equal(began.Add(time.Hour)) {
			t.Errorf("again at %s, want an hour after %s", after, began)
		}
		if _, err := b.EndConversation(t.Context(), operator(), conv); err != nil {
			t.Fatal(err)
		}
		b.refuses(asks("amy", "report:1", "a bug"), connector.RefusedSoon)
		b.admitted(asks("ben", "report:1", "somebody else"))
		b = reception(b, connector.Reception{MostOpen: 5, Cooldown: 50 * time.Millisecond})
		for {
			res, err := b.Receive(t.Context(), "help", asks("amy", "report:2", "a bug"))
			refused, after := refusal(res)
			if err != nil || refused == "" {
				if err != nil || time.Now().Before(began.Add(50*time.Millisecond)) {
					t.Errorf("taken too soon, or %v", err)
				}
				return
			}
			if !after.Equal(began.Add(50 * time.Millisecond)) {
				t.Fatalf("refused %q until %s", refused, after)
			}
		}
	})
}

// TestManyAtOnce: of many openings of one person at the same moment, as many are taken as may be open. Once the person is new: even their
// contact is made by one of them; then they are known, and nothing but the rule orders them.
func TestManyAtOnce(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		b = reception(b, connector.Reception{MostOpen: 3})
		b.rush("amy", 3)
		if _, err := b.EndConversation(t.Context(), operator(), b.admitted(asks("ben", "dm", "hello"))); err != nil {
			t.Fatal(err)
		}
		b.rush("ben", 3)
		list, err := b.Contacts(t.Context(), operator().Caller, switchboard.ContactQuery{Inbox: "help"}, switchboard.Paging{})
		if err != nil || len(list.Items) != 2 {
			t.Errorf("contacts %+v, %v", list.Items, err)
		}
	})
}

// rush opens twenty threads of one person at once, of which some must be taken and the others refused.
func (b *board) rush(user string, taken int) {
	b.t.Helper()
	const many = 20
	var wg sync.WaitGroup
	begin := make(chan struct{})
	words := make([]string, many)
	for i := range many {
		wg.Go(func() {
			<-begin
			res, err := b.Receive(b.t.Context(), "help", asks(user, fmt.Sprintf("report:%s:%d", user, i), "a bug"))
			if words[i], _ = refusal(res); err != nil {
				words[i] = err.Error()
			}
		})
	}
	close(begin)
	wg.Wait()
	got := map[string]int{}
	for _, w := range words {
		got[w]++
	}
	if got[""] != taken || got[connector.RefusedMany] != many-taken {
		b.t.Errorf("%s, taken and refused: %v", user, got)
	}
}

// TestOneThreadAtOnce: openings of one thread at the same moment are one conversation, whatever the limits are.
func TestOneThreadAtOnce(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		b = reception(b, connector.Reception{MostOpen: 1, Cooldown: time.Hour})
		const many = 10
		var wg sync.WaitGroup
		var ids sync.Map
		for range many {
			wg.Go(func() {
				res, err := b.Receive(t.Context(), "help", asks("amy", "dm", "hello"))
				if refused, _ := refusal(res); err != nil || refused != "" {
					t.Errorf("%+v, %v", res, err)
				}
				ids.Store(res.ConversationID, true)
			})
		}
		wg.Wait()
		var seen []any
		ids.Range(func(id, _ any) bool {
			seen = append(seen, id)
			return true
		})
		if len(seen) != 1 {
			t.Errorf("conversations %v, want one", seen)
		}
	})
}

func TestBlockedPeopleAreNotHeard(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		b = reception(b, connector.Reception{MostOpen: 5})
		id := b.admitted(asks("amy", "dm", "hello"))
		amy := b.writerOf(id)
		conv := store.Conversation{Conversation: kefu.Conversation{ID: id, InboxID: "help", ContactID: amy.ID}}
		heard := func(conv store.Conversation, want bool) {
			t.Helper()
			if ok, err := b.Heard(t.Context(), conv); err != nil || ok != want {
				t.Errorf("heard in %s: %t, %v; want %t", conv.InboxID, ok, err, want)
			}
		}
		heard(conv, true)
		b.block(amy.ID, true)
		heard(conv, false)
		b.refuses(asks("amy", "report:1", "a bug"), connector.RefusedBlocked)
		more := asks("amy", "dm", "in the open thread")
		more.Kind = connector.InMessage
		b.refuses(more, connector.RefusedBlocked)
		if got := b.texts(id); got != "contact:hello" {
			t.Errorf("kept: %s", got)
		}
		b.admitted(asks("ben", "report:1", "somebody else"))
		site := conv
		site.InboxID = "shop"
		heard(site, true)
		b.block(amy.ID, false)
		heard(conv, true)
		b.admitted(asks("amy", "report:2", "a bug"))
	})
}

func TestLanguageOfWhoWrites(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		b = reception(b, connector.Reception{})
		amy := b.writerOf(b.admitted(asks("amy", "dm", "?")))
		for _, c := range []struct {
			says kefu.Locale
			text string
			want kefu.Locale
		}{
			{"", "?", ""},
			{"", "你好", ""},
			{"fr", "12345", ""},
			{"", "我无法登录", kefu.LocaleChina},
			{"", "我無法登入", kefu.LocaleChina}, // what is known stays, until the source says another
			{kefu.LocaleTaiwan, "I cannot log in", kefu.LocaleTaiwan},
			{"fr", "I cannot log in", kefu.LocaleTaiwan},
			{kefu.LocaleEnglish, "我無法登入", kefu.LocaleEnglish},
		} {
			who := connector.Sender{Kind: kefu.AuthorContact, ID: "amy", Locale: c.says}
			if err := b.Speaks(t.Context(), amy.ID, who, c.text); err != nil {
				t.Fatal(err)
			}
			b.view(func(tx *store.Tx) error {
				k, err := tx.Contact(amy.ID)
				if k.Locale != c.want {
					t.Errorf("the source says %q, the text is %q: %q, want %q", c.says, c.text, k.Locale, c.want)
				}
				return err
			})
		}
		if err := b.Speaks(t.Context(), amy.ID, connector.Sender{Kind: kefu.AuthorAgent, Locale: kefu.LocaleChina}, ""); err != nil {
			t.Fatal(err)
		}
		ben := b.writerOf(b.admitted(asks("ben", "dm2", "?")))
		if err := b.Speaks(t.Context(), ben.ID, connector.Sender{Kind: kefu.AuthorContact}, "怎麼登入"); err != nil {
			t.Fatal(err)
		}
		b.view(func(tx *store.Tx) error {
			a, err := tx.Contact(amy.ID)
			k, err2 := tx.Contact(ben.ID)
			if a.Locale != kefu.LocaleEnglish || k.Locale != kefu.LocaleTaiwan || err != nil {
				t.Errorf("%q, %q, %v", a.Locale, k.Locale, err)
			}
			return err2
		})
	})
}
