package switchboard_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kefu"
	"kefu/internal/lexis"
	"kefu/internal/store"
	"kefu/internal/switchboard"
)

func admin() kefu.Caller {
	return kefu.Caller{Kind: kefu.CallerAgent, ID: "agt_admin", Name: "Admin", Role: kefu.RoleAdmin, Scopes: []string{"*:*"}}
}

// index places events and takes all of them into the search index.
func (b *board) index() {
	b.t.Helper()
	b.change(func(tx *store.Tx) error {
		_, _, err := tx.PlaceEvents(10_000)
		return err
	})
	for more := true; more; {
		did, err := b.Index(b.t.Context(), 50)
		if err != nil {
			b.t.Fatal(err)
		}
		more = did.More
	}
}

func (b *board) search(by kefu.Caller, q switchboard.SearchQuery) switchboard.List[switchboard.SearchHit] {
	b.t.Helper()
	list, err := b.Search(b.t.Context(), by, q)
	if err != nil {
		b.t.Fatalf("search %q: %v", q.Text, err)
	}
	return list
}

// hits lists what was found of messages, with brackets around what was marked.
func (b *board) hits(text string) string {
	b.t.Helper()
	list := b.search(admin(), switchboard.SearchQuery{Text: text, Types: []switchboard.SearchType{switchboard.SearchMessages}})
	var out []string
	for _, h := range list.Items {
		r := []rune(h.Excerpt)
		for _, m := range slices.Backward(h.Marks) {
			r = slices.Insert(r, m.End, ']')
			r = slices.Insert(r, m.Start, '[')
		}
		out = append(out, string(r))
	}
	return strings.Join(out, " | ")
}

func TestSearchFindsWhatPeopleMean(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		for i, text := range []string{"我要退貨", "可以退货吗", "這個軟體壞了", "软件很好", "臺灣的伺服器", "please refund order A-1001", "it was refunded", "Order 1001, b",
			"ＶＩＰ 會員", "mail amy@example.com", "Café", "怎麼退款"} {
			b.take("shop", opening(fmt.Sprint(100+i), text))
		}
		b.index()
		for _, c := range []struct{ query, want string }{
			{"退貨", "可以[退货]吗 | 我要[退貨]"},
			{"退货", "可以[退货]吗 | 我要[退貨]"},
			{"貨", "可以退[货]吗 | 我要退[貨]"},
			{"軟體", "[软件]很好 | 這個[軟體]壞了"},
			{"台灣 服务器", "[臺灣]的[伺服器]"},
			{"refunds", "it was [refunded] | please [refund] order A-1001"},
			{"the refund", "it was [refunded] | please [refund] order A-1001"}, // nothing has both
			{"was", "it [was] refunded"},                                       // no word is left out for being common
			{"A-1001", "please refund order [A-1001]"},
			{"1001", "Order [1001], b | please refund order A-[1001]"},
			{"vip", "[ＶＩＰ] 會員"},
			{"example.com", "mail amy@[example.com]"},
			{"AMY@EXAMPLE.COM", "mail [amy@example.com]"},
			{"cafe", "[Café]"},
			{"怎麼退貨", "怎麼退款 | 可以退货吗 | 我要退貨"},
			{"沒有", ""},
			{`"退貨"`, "可以[退货]吗 | 我要[退貨]"}, {"退貨*", "可以[退货]吗 | 我要[退貨]"}, {"-退貨:", "可以[退货]吗 | 我要[退貨]"},
			{`') | ('軟體 & !壞' <-> \`, "這個[軟體壞]了"},
			{`words:order AND`, "please refund [order] A-1001 | [Order] 1001, b"},
		} {
			got := b.hits(c.query)
			if strings.Contains(c.query, "怎麼退貨") || strings.Contains(c.query, "the ") || strings.Contains(c.query, "AND") {
				got, c.want = plain(got), plain(c.want)
			}
			if got != c.want {
				t.Errorf("%q finds %q, want %q", c.query, got, c.want)
			}
		}
	})
}

// plain is a list of hits without marks and without its order.
func plain(hits string) string {
	all := strings.Split(strings.NewReplacer("[", "", "]", "").Replace(hits), " | ")
	slices.Sort(all)
	return strings.Join(all, " | ")
}

func TestSearchOfEveryType(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		in := opening("33", "關於訂單 A-7")
		in.Title = "訂單問題"
		res := b.take("shop", in)
		b.index()
		types := func(text string, only ...switchboard.SearchType) string {
			var out []string
			for _, h := range b.search(admin(), switchboard.SearchQuery{Text: text, Types: only}).Items {
				out = append(out, h.Type+":"+h.Title)
				if h.Type != "contact" && (h.ConversationID == nil || *h.ConversationID != res.ConversationID) {
					t.Errorf("%s is of conversation %v", h.Type, h.ConversationID)
				}
			}
			slices.Sort(out)
			return strings.Join(out, " ")
		}
		for _, c := range []struct{ text, want string }{
			{"订单", "conversation:訂單問題 message:訂單問題 ticket:訂單問題"},
			{"33", "ticket:訂單問題"}, {"#33", "ticket:訂單問題"},
			{"demo", "contact:Demo"}, {"demo@example.com", "contact:Demo"}, {"example", "contact:Demo"},
		} {
			if got := types(c.text); got != c.want {
				t.Errorf("%q: %s, want %s", c.text, got, c.want)
			}
		}
		if got := types("訂單", switchboard.SearchTickets, switchboard.SearchArticles); got != "ticket:訂單問題" {
			t.Errorf("tickets alone: %s", got)
		}
	})
}

func TestWhatChangesLeavesTheIndex(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		in := opening("33", "舊的文字")
		in.Key, in.ExternalID = "m:x", "x"
		res := b.take("shop", in)
		b.index()
		id := b.messages(res.ConversationID)[0].ID
		replace := func(text string, deleted bool) {
			b.change(func(tx *store.Tx) error {
				if err := tx.ReplaceContent(id, kefu.Content{Type: kefu.ContentText, Text: text}, kefu.Meta{Edited: true, Deleted: deleted}); err != nil {
					return err
				}
				return tx.AppendEvent(kefu.Event{ID: kefu.EventID("evt_" + text), Type: "message.updated", ConversationID: res.ConversationID,
					Data: fmt.Appendf(nil, `{"message_id":%q}`, id)})
			})
		}
		replace("新的內容", false)
		b.index()
		if got := b.hits("舊的"); got != "" {
			t.Errorf("the old text is found: %s", got)
		}
		if got := b.hits("内容"); got != "新的[內容]" {
			t.Errorf("the new text: %q", got)
		}
		replace("gone", true)
		if got := b.hits("內容"); got != "" {
			t.Errorf("recalled, not indexed yet, and found: %s", got)
		}
		b.index()
		if got := b.hits("gone") + b.hits("內容"); got != "" {
			t.Errorf("recalled and found: %s", got)
		}
	})
}

func TestErasedPeopleLeaveTheIndex(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		conv := b.take("shop", opening("33", "秘密")).ConversationID
		for i := range 299 {
			b.take("shop", writing("33", fmt.Sprint("秘密 ", i)))
		}
		b.index()
		if b.hits("秘密 298") == "" {
			t.Error("nothing to erase is found")
		}
		var contact kefu.ContactID
		b.change(func(tx *store.Tx) error {
			c, err := tx.Conversation(conv)
			if err != nil {
				return err
			}
			contact = c.ContactID
			k, err := tx.LockContact(contact)
			if err != nil {
				return err
			}
			k.Name, k.Email, k.ErasedAt = "", "", tx.Now
			if _, err := tx.SaveContact(k); err != nil {
				return err
			}
			messages, err := tx.Messages(conv, 0, 1000)
			if err != nil {
				return err
			}
			for _, m := range messages {
				if err := tx.ReplaceContent(m.ID, kefu.Content{Type: m.Content.Type}, m.Meta); err != nil {
					return err
				}
			}
			return tx.AppendEvent(kefu.Event{ID: "evt_erased", Type: "user.updated", Data: fmt.Appendf(nil, `{"user_id":%q,"role":"contact"}`, contact)})
		})
		b.index()
		if got := b.search(admin(), switchboard.SearchQuery{Text: "demo"}); len(got.Items) != 0 {
			t.Errorf("found %v", got.Items)
		}
		b.view(func(tx *store.Tx) error {
			rows, _, err := tx.Search(kefu.Sight{Kind: kefu.SeesAll}, store.SearchFilter{Kinds: []store.SearchKind{store.FoundMessage},
				Query: lexis.Parse("秘密"), Limit: 1000})
			if len(rows) != 0 {
				t.Errorf("%d rows of erased messages are in the index", len(rows))
			}
			return err
		})
	})
}

func (b *board) change(fn func(*store.Tx) error) {
	b.t.Helper()
	if err := b.store.Update(b.t.Context(), fn); err != nil {
		b.t.Fatal(err)
	}
}

func TestSearchPages(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		for i := range 25 {
			b.take("shop", opening(fmt.Sprint(i), fmt.Sprint("訂單 ", i)))
		}
		b.index()
		seen := map[string]bool{}
		var times []int64
		for q := (switchboard.SearchQuery{Text: "訂單", Paging: switchboard.Paging{Limit: 7}}); ; {
			list := b.search(admin(), q)
			for _, h := range list.Items {
				if seen[h.ID] {
					t.Errorf("%s comes twice", h.ID)
				}
				seen[h.ID] = true
				times = append(times, h.CreatedAt.UnixMicro())
			}
			if q.Cursor = list.NextCursor; q.Cursor == "" {
				break
			}
			if len(list.Items) != 7 {
				t.Errorf("a page of %d", len(list.Items))
			}
		}
		if len(seen) != 75 { // message, conversation and ticket
			t.Errorf("%d hits", len(seen))
		}
		if !slices.IsSortedFunc(times, func(x, y int64) int { return int(y/1_000_000 - x/1_000_000) }) {
			t.Error("not the newest first")
		}
	})
}

func TestSearchWithinSight(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		mine := b.take("shop", opening("1", "訂單 mine")).ConversationID
		b.take("shop", opening("2", "訂單 other"))
		b.change(func(tx *store.Tx) error {
			return tx.SetHandler(mine, kefu.HandlerAgent, "agt_1", "")
		})
		b.index()
		agent := kefu.Caller{Kind: kefu.CallerAgent, ID: "agt_1", Role: kefu.RoleAgent, Scopes: []string{"search:read", "*:read"}}
		list := b.search(agent, switchboard.SearchQuery{Text: "訂單"})
		for _, h := range list.Items {
			if h.ConversationID == nil || *h.ConversationID != mine {
				t.Errorf("an agent finds %s of %v", h.Type, h.ConversationID)
			}
		}
		if len(list.Items) != 3 {
			t.Errorf("an agent finds %d", len(list.Items))
		}
		if got := b.search(agent, switchboard.SearchQuery{Text: "demo"}); len(got.Items) != 1 {
			t.Errorf("an agent finds %d of his contacts", len(got.Items))
		}
		agent.ID = "agt_2"
		for _, text := range []string{"訂單", "demo", "沒 訂單"} {
			if got := b.search(agent, switchboard.SearchQuery{Text: text}); len(got.Items) != 0 {
				t.Errorf("who sees nothing finds %v", got.Items)
			}
		}
		for inbox, want := range map[kefu.InboxID]int{"shop": 4, "guild": 0} {
			if got := b.search(admin(), switchboard.SearchQuery{Text: "訂單", InboxID: inbox, Types: []switchboard.SearchType{"messages", "tickets", "contacts"}}); len(got.Items) != want {
				t.Errorf("inbox %s: %d", inbox, len(got.Items))
			}
		}
		if got := b.search(admin(), switchboard.SearchQuery{Text: "訂單", ConversationID: mine}); len(got.Items) != 3 {
			t.Errorf("one conversation: %d", len(got.Items))
		}
		b.bound()
	})
}

// bound: a client sees what its inbox has, and nothing of another one.
func (b *board) bound() {
	b.t.Helper()
	for inbox, want := range map[string]int{"shop": 6, "guild": 0} {
		client := kefu.Caller{Kind: kefu.CallerClient, ID: "key_" + inbox, Bound: true, Scopes: []string{"*:*"}}
		b.change(func(tx *store.Tx) error {
			return tx.InsertProgram(store.Program{ID: client.ID, Kind: store.ProgramKey, Hash: inbox, Bound: true, Inboxes: []kefu.InboxID{kefu.InboxID(inbox)}})
		})
		if got := b.search(client, switchboard.SearchQuery{Text: "訂單"}); len(got.Items) != want {
			b.t.Errorf("bound to %s: %d", inbox, len(got.Items))
		}
	}
}

func TestSearchRefusesClearly(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		for _, c := range []struct {
			by    kefu.Caller
			q     switchboard.SearchQuery
			kind  kefu.ErrKind
			words string
		}{
			{admin(), switchboard.SearchQuery{}, kefu.KindInvalid, "q is needed"},
			{admin(), switchboard.SearchQuery{Text: ` "*" `}, kefu.KindInvalid, "at least one letter"},
			{admin(), switchboard.SearchQuery{Text: strings.Repeat("退", 201)}, kefu.KindInvalid, "at most 200"},
			{admin(), switchboard.SearchQuery{Text: "a", Types: []switchboard.SearchType{"people"}}, kefu.KindInvalid, "conversations, messages"},
			{admin(), switchboard.SearchQuery{Text: "a", Paging: switchboard.Paging{Cursor: "x"}}, kefu.KindInvalid, "cursor"},
			{kefu.Caller{Kind: kefu.CallerContact, ID: "con_1"}, switchboard.SearchQuery{Text: "a"}, kefu.KindForbidden, "staff"},
			{kefu.Caller{Kind: kefu.CallerClient, Scopes: []string{"search:read"}}, switchboard.SearchQuery{Text: "a", Types: []switchboard.SearchType{"messages"}},
				kefu.KindForbidden, "messages:read"},
		} {
			_, err := b.Search(t.Context(), c.by, c.q)
			if kefu.KindOf(err) != c.kind || !strings.Contains(fmt.Sprint(err), c.words) {
				t.Errorf("%+v: %v", c.q, err)
			}
		}
		long := strings.Repeat("退貨", 100)
		if got := b.hits(long) + b.hits(strings.Repeat("a ", 100)) + b.hits(strings.Repeat("é-", 100)); got != "" {
			t.Errorf("found %s", got)
		}
	})
}

// TestIndexersShareTheWork has two take steps at once while messages come, and stops at random: each message is there once.
func TestIndexersShareTheWork(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		for i := range 20 {
			b.take("shop", opening(fmt.Sprint(i), fmt.Sprint("訂單 ", i)))
		}
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() {
				for range 30 {
					if _, err := b.Index(t.Context(), 3); err != nil {
						t.Error(err)
					}
				}
			})
		}
		for i := range 40 {
			b.take("shop", writing(fmt.Sprint(i%20), fmt.Sprint("再訂單 ", i)))
			if i%10 == 0 {
				b.events()
			}
		}
		wg.Wait()
		b.index()
		if events, walking, err := b.SearchLag(t.Context()); events != 0 || walking || err != nil {
			t.Errorf("lag %d %v %v", events, walking, err)
		}
		if got := b.search(admin(), switchboard.SearchQuery{Text: "訂單", Types: []switchboard.SearchType{"messages"}, Paging: switchboard.Paging{Limit: 200}}); len(got.Items) != 60 {
			t.Errorf("%d messages are found", len(got.Items))
		}
		if err := b.Reindex(t.Context()); err != nil {
			t.Fatal(err)
		}
		b.index()
		if got := b.search(admin(), switchboard.SearchQuery{Text: "訂單", Types: []switchboard.SearchType{"messages"}, Paging: switchboard.Paging{Limit: 200}}); len(got.Items) != 60 {
			t.Errorf("%d messages are found after all was indexed anew", len(got.Items))
		}
	})
}

// TestOldMessagesAreWalked has messages whose events are gone.
func TestOldMessagesAreWalked(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		conv := b.take("shop", opening("33", "訂單"))
		for i := range 150 {
			b.take("shop", writing("33", fmt.Sprint("訂單 ", i)))
		}
		b.events()
		b.change(func(tx *store.Tx) error {
			n, err := tx.PruneEvents(tx.Now.Add(time.Hour), 10_000)
			if n == 0 {
				t.Error("no event is gone")
			}
			return err
		})
		if _, err := b.Index(t.Context(), 10); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Index(t.Context(), 10); err != nil {
			t.Fatal(err)
		}
		if got := b.hits("訂單 149"); got != "[訂單] [149]" {
			t.Errorf("the newest are not found first: %s", got)
		}
		b.take("shop", writing("33", "訂單 new"))
		b.index()
		list := b.search(admin(), switchboard.SearchQuery{Text: "訂單", ConversationID: conv.ConversationID, Paging: switchboard.Paging{Limit: 200},
			Types: []switchboard.SearchType{"messages"}})
		if len(list.Items) != 152 || list.Items[0].Excerpt != "訂單 new" || list.Items[1].Excerpt != "訂單 149" {
			t.Errorf("%d messages, first %q, %q", len(list.Items), list.Items[0].Excerpt, list.Items[1].Excerpt)
		}
	})
}

// TestBothEnginesFindTheSame holds each engine against the analysis itself, over texts and queries made of the same few parts.
func TestBothEnginesFindTheSame(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		r := rand.New(rand.NewPCG(7, 7))
		parts := []string{"退", "貨", "货", "退貨", "訂單", "取消", "軟體", "软件", "the", "refunded", "refund", "generously", "general", "A-1001", "1001", "a", "5",
			"1e5", "0x1F", "amy@example.com", "https://example.com/a?b=1", "Café", "ＶＩＰ", "한국", "カｶﾞ", "𠮷", "'", `"`, "*", "AND", "NOT", "<->", ":", "\\", "é-è"}
		draw := func(most int) string {
			var s strings.Builder
			for range 1 + r.IntN(most) {
				s.WriteString(parts[r.IntN(len(parts))] + []string{"", " ", "，"}[r.IntN(3)])
			}
			return s.String()
		}
		texts := map[string]string{}
		for i := range 60 {
			conv := b.take("shop", opening(fmt.Sprint(i), draw(12))).ConversationID
			m := b.messages(conv)[0]
			texts[string(m.ID)] = m.Content.Text
		}
		b.index()
		found := 0
		for range 300 {
			text := draw(3)
			q := lexis.Parse(text)
			if q.Empty() {
				continue
			}
			var want, got []string
			for id, s := range texts {
				if q.Score(s) == 1 {
					want = append(want, id)
				}
			}
			b.view(func(tx *store.Tx) error {
				hits, _, err := tx.Search(kefu.Sight{Kind: kefu.SeesAll}, store.SearchFilter{Kinds: []store.SearchKind{store.FoundMessage}, Query: q, Limit: 100})
				for _, h := range hits {
					got = append(got, h.Ref)
				}
				return err
			})
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("%q (%v) finds %d, want %d", text, q, len(got), len(want))
			}
			found += len(got)
		}
		if found < 300 {
			t.Errorf("only %d hits: the test has become empty", found)
		}
	})
}
