package switchboard_test

import (
	"cmp"
	"encoding/json"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/store"
	"kefu/internal/switchboard"
)

// rates gives the board a community that asks for ratings, and a second one that does too.
func rates(b *board) {
	asks := connector.Reception{Rates: true}
	b.Switchboard = switchboard.New(b.store, b.signals, vault{}, box{}, slog.New(slog.DiscardHandler), []switchboard.Inbox{
		{ID: "guild", Channel: "discord", Name: "Guild", Reception: asks}, {ID: "other", Channel: "discord", Name: "Other", Reception: asks},
		{ID: "shop", Channel: "wordpress", Name: "Shop"},
	})
}

// member is what a member of the community writes in their own thread.
func member(user, text string) connector.Inbound {
	return connector.Inbound{Kind: connector.InOpen, Key: user + text, ThreadID: "dm-" + user, Title: text, Content: kefu.Content{Text: text},
		Sender: connector.Sender{Kind: kefu.AuthorContact, ID: user, Name: user}}
}

// served is a conversation of a member that an agent has.
func (b *board) served(inbox kefu.InboxID, user string) kefu.ConversationID {
	b.t.Helper()
	amy := b.amy()
	conv := b.take(inbox, member(user, "help")).ConversationID
	if _, err := b.UpdateConversation(b.t.Context(), operator(), conv, switchboard.ConversationChange{AssigneeID: kefu.Some(amy)}); err != nil {
		b.t.Fatal(err)
	}
	return conv
}

// amy is an agent, made once.
func (b *board) amy() kefu.AgentID {
	b.t.Helper()
	list, err := b.Agents(b.t.Context(), operator().Caller, switchboard.AgentQuery{Q: "amy"}, switchboard.Paging{})
	if err != nil {
		b.t.Fatal(err)
	}
	if len(list.Items) > 0 {
		return list.Items[0].ID
	}
	return b.employ("amy", kefu.RoleAgent, "").ID
}

func (b *board) asked(conv kefu.ConversationID) kefu.RatingID {
	b.t.Helper()
	id, err := b.AskRating(b.t.Context(), conv)
	if err != nil {
		b.t.Fatal(err)
	}
	return id
}

// rating answers a question as a member.
func rating(user string, id kefu.RatingID, stars, comment string) connector.Inbound {
	args := map[string]string{"rating": string(id), "comment": comment}
	if stars != "" {
		args["stars"] = stars
	}
	return connector.Inbound{Kind: connector.InCommand, Sender: connector.Sender{Kind: kefu.AuthorContact, ID: user, Name: user},
		Command: &connector.Command{Name: connector.CmdRate, Args: args}}
}

func (b *board) says(inbox kefu.InboxID, in connector.Inbound) (kefu.Rating, string) {
	b.t.Helper()
	res := b.take(inbox, in)
	if res.View == nil {
		b.t.Fatalf("no view: %+v", res)
	}
	return res.View.Rating, res.View.Refused
}

func TestRatingIsAskedOfWhomAPersonServed(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		rates(b)
		alone := b.take("guild", member("u1", "nobody came")).ConversationID
		if id := b.asked(alone); id != "" {
			t.Errorf("nobody had it, and %s was asked", id)
		}
		if id := b.asked(b.served("shop", "s1")); id != "" {
			t.Errorf("the shop does not ask, and %s was", id)
		}
		conv := b.served("guild", "u2")
		first, again := b.asked(conv), b.asked(conv)
		if first == "" || first != again || !strings.HasPrefix(string(first), "rat_") {
			t.Errorf("asked %q, then %q: one conversation has one question", first, again)
		}
		if _, refused := b.says("guild", rating("u2", first, "5", "")); refused != "" {
			t.Errorf("refused: %s", refused)
		}
		if id := b.asked(conv); id != "" {
			t.Errorf("asked %s of one that was rated", id)
		}
	})
}

// TestRatingOfWhoAnsweredLast: a conversation that was given back counts for who wrote to the customer; a note counts for nobody.
func TestRatingOfWhoAnsweredLast(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		rates(b)
		amy := b.amy()
		by := as(staffCaller(amy, kefu.RoleAdmin))
		conv := b.take("guild", member("u1", "help")).ConversationID
		write := func(text string, private bool) {
			t.Helper()
			if _, err := b.Send(t.Context(), by, switchboard.NewMessage{ConversationID: conv, Content: text, Private: private}); err != nil {
				t.Fatal(err)
			}
		}
		write("a note", true)
		if id := b.asked(conv); id != "" {
			t.Errorf("asked %s after a note", id)
		}
		write("an answer", false)
		if _, err := b.UpdateConversation(t.Context(), operator(), conv, switchboard.ConversationChange{AssigneeID: kefu.Opt[kefu.AgentID]{Given: true, Null: true}}); err != nil {
			t.Fatal(err)
		}
		b.says("guild", rating("u1", b.asked(conv), "4", ""))
		list, err := b.Ratings(t.Context(), operator().Caller, switchboard.RatingFilter{Agent: amy}, switchboard.Paging{})
		if err != nil || len(list.Items) != 1 || list.Items[0].Stars != 4 {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

func TestRatingStaysAndOpensNothing(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		rates(b)
		conv := b.served("guild", "u1")
		id := b.asked(conv)
		if _, err := b.EndConversation(t.Context(), operator(), conv); err != nil {
			t.Fatal(err)
		}
		if _, refused := b.says("guild", rating("u1", id, "", "before the stars")); refused != connector.RefusedInvalid {
			t.Errorf("a comment without stars: %q", refused)
		}
		if r, refused := b.says("guild", rating("u1", id, "4", "")); refused != "" || r.Stars != 4 {
			t.Errorf("%+v, %q", r, refused)
		}
		if _, refused := b.says("guild", rating("u1", id, "1", "")); refused != connector.RefusedDone {
			t.Errorf("rated again: %q", refused)
		}
		if r, refused := b.says("guild", rating("u1", id, "", " quick\x00 and\u0007 kind \r\n")); refused != "" || r.Comment != "quick and kind" || r.Stars != 4 {
			t.Errorf("%+v, %q", r, refused)
		}
		if _, refused := b.says("guild", rating("u1", id, "", "slow")); refused != connector.RefusedDone {
			t.Errorf("said again: %q", refused)
		}
		now, err := b.Conversation(t.Context(), operator().Caller, conv)
		if err != nil || now.Status != kefu.StatusClosed || now.Rating == nil || now.Rating.Stars != 4 || now.Rating.Comment != "quick and kind" || now.Rating.RatedAt.IsZero() {
			t.Errorf("%+v, %+v, %v", now, now.Rating, err)
		}
		if said := b.texts(conv); !strings.Contains(said, "[contact:rated ★★★★☆] [contact:rated ★★★★☆: quick and kind]") {
			t.Errorf("history: %s", said)
		}
		last := b.messages(conv)
		if m := last[len(last)-1]; m.Content.Type != kefu.ContentEvent || !m.Private {
			t.Errorf("the line is %+v", m)
		}
	})
}

func TestRatingCannotBeForged(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		rates(b)
		id := b.asked(b.served("guild", "u1"))
		b.take("guild", member("u2", "somebody else"))
		b.take("other", member("u1", "the same id elsewhere"))
		for name, try := range map[string]struct {
			inbox   kefu.InboxID
			in      connector.Inbound
			refused string
		}{
			"another member":     {"guild", rating("u2", id, "5", ""), connector.RefusedNotFound},
			"nobody known":       {"guild", rating("u3", id, "5", ""), connector.RefusedUnknown},
			"another inbox":      {"other", rating("u1", id, "5", ""), connector.RefusedNotFound},
			"a made-up id":       {"guild", rating("u1", "rat_06c0000000000000000000000g", "5", ""), connector.RefusedNotFound},
			"no id":              {"guild", rating("u1", "", "5", ""), connector.RefusedNotFound},
			"no stars":           {"guild", rating("u1", id, "0", ""), connector.RefusedInvalid},
			"six stars":          {"guild", rating("u1", id, "6", ""), connector.RefusedInvalid},
			"a blank behind":     {"guild", rating("u1", id, "5 ", ""), connector.RefusedInvalid},
			"another digit five": {"guild", rating("u1", id, "５", ""), connector.RefusedInvalid},
			"many stars":         {"guild", rating("u1", id, "55", ""), connector.RefusedInvalid},
			"fewer than none":    {"guild", rating("u1", id, "-1", ""), connector.RefusedInvalid},
			"nothing":            {"guild", rating("u1", id, "", "  "), connector.RefusedEmpty},
			"a novel":            {"guild", rating("u1", id, "5", strings.Repeat("字", 1001)), connector.RefusedInvalid},
		} {
			if r, refused := b.says(try.inbox, try.in); refused != try.refused || r.Stars != 0 {
				t.Errorf("%s: refused %q, want %q; %+v", name, refused, try.refused, r)
			}
		}
		if r, refused := b.says("guild", rating("u1", id, "5", strings.Repeat("字", 1000))); refused != "" || r.Stars != 5 {
			t.Errorf("the customer themselves: %+v, %q", r, refused)
		}
	})
}

func TestRatingExpires(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		rates(b)
		id := b.asked(b.served("guild", "u1"))
		err := b.store.Update(t.Context(), func(tx *store.Tx) error {
			r, err := tx.Rating(id)
			r.ExpiresAt = tx.Now
			return cmp.Or(err, tx.AskAgain(r))
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, refused := b.says("guild", rating("u1", id, "5", "")); refused != connector.RefusedExpired {
			t.Errorf("refused %q", refused)
		}
	})
}

// TestRatingIsGivenOnce: many answers at the same time leave one, whichever.
func TestRatingIsGivenOnce(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		rates(b)
		conv := b.served("guild", "u1")
		id := b.asked(conv)
		var mu sync.Mutex
		taken := map[int]int{}
		var all sync.WaitGroup
		for i := range 10 {
			all.Go(func() {
				res, err := b.Receive(t.Context(), "guild", rating("u1", id, string(rune('1'+i%5)), ""))
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err != nil:
					t.Error(err)
				case res.View.Refused == "":
					taken[res.View.Rating.Stars]++
				case res.View.Refused != connector.RefusedDone:
					t.Errorf("refused %q", res.View.Refused)
				}
			})
		}
		all.Wait()
		now, err := b.Conversation(t.Context(), operator().Caller, conv)
		if err != nil || now.Rating == nil || len(taken) != 1 || taken[now.Rating.Stars] != 1 {
			t.Errorf("taken %v, kept %+v, %v", taken, now.Rating, err)
		}
		if n := strings.Count(b.texts(conv), "rated "); n != 1 {
			t.Errorf("%d lines of the history", n)
		}
	})
}

// TestRatingGoesWithTheContact: who was merged may answer what the other was asked; erasing takes the comment, and export has it before.
func TestRatingGoesWithTheContact(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		rates(b)
		conv := b.served("guild", "u1")
		id := b.asked(conv)
		other := b.take("guild", member("u2", "from another account")).ConversationID
		from, into := b.contactOf(conv), b.contactOf(other)
		if _, err := b.MergeContacts(t.Context(), operator(), from, switchboard.Merge{Into: into}); err != nil {
			t.Fatal(err)
		}
		if _, refused := b.says("guild", rating("u2", id, "3", "my street is 5 Elm Road")); refused != "" {
			t.Errorf("refused %q", refused)
		}
		if doc := b.exported(into); !strings.Contains(doc, `"stars":3,"comment":"my street is 5 Elm Road"`) {
			t.Errorf("the export has no rating: %s", doc)
		}
		list, err := b.Ratings(t.Context(), operator().Caller, switchboard.RatingFilter{}, switchboard.Paging{})
		if err != nil || len(list.Items) != 1 || list.Items[0].ContactID != into {
			t.Errorf("%+v, %v; want that of %s", list, err, into)
		}
		second := b.served("guild", "u2")
		open := b.asked(second)
		if _, err := b.EraseContact(t.Context(), operator(), into); err != nil {
			t.Fatal(err)
		}
		list, err = b.Ratings(t.Context(), operator().Caller, switchboard.RatingFilter{}, switchboard.Paging{})
		if err != nil || len(list.Items) != 1 || list.Items[0].Stars != 3 || list.Items[0].Comment != "" {
			t.Errorf("after the erasure %+v, %v", list, err)
		}
		if doc := b.exported(into); strings.Contains(doc, "Elm Road") {
			t.Errorf("the words are there still: %s", doc)
		}
		b.view(func(tx *store.Tx) error {
			r, err := tx.Rating(open)
			if err != nil || r.ExpiresAt.After(r.AskedAt) {
				t.Errorf("one who was erased is asked still: %+v, %v", r, err)
			}
			return nil
		})
	})
}

func (b *board) contactOf(conv kefu.ConversationID) kefu.ContactID {
	b.t.Helper()
	c, err := b.Conversation(b.t.Context(), operator().Caller, conv)
	if err != nil {
		b.t.Fatal(err)
	}
	return c.ContactID
}

func (b *board) exported(id kefu.ContactID) string {
	b.t.Helper()
	out, err := b.ExportContact(b.t.Context(), operator(), id)
	if err != nil {
		b.t.Fatal(err)
	}
	raw, err := json.Marshal(out)
	if err != nil {
		b.t.Fatal(err)
	}
	return string(raw)
}

func TestRatingsAreListed(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		rates(b)
		amy := b.amy()
		for _, user := range []string{"u1", "u2", "u3"} {
			b.says("guild", rating(user, b.asked(b.served("guild", user)), "5", user))
		}
		b.says("other", rating("u1", b.asked(b.served("other", "u1")), "1", "elsewhere"))
		b.asked(b.served("guild", "u4")) // not answered: not listed
		comments := func(by kefu.Caller, f switchboard.RatingFilter) string {
			t.Helper()
			var all []string
			for p := (switchboard.Paging{Limit: 2}); ; {
				list, err := b.Ratings(t.Context(), by, f, p)
				if err != nil {
					t.Fatal(err)
				}
				for _, r := range list.Items {
					all = append(all, r.Comment)
				}
				if p.Cursor = list.NextCursor; p.Cursor == "" {
					return strings.Join(all, " ")
				}
			}
		}
		for name, want := range map[string]struct {
			by   kefu.Caller
			f    switchboard.RatingFilter
			says string
		}{
			"all, newest first":  {operator().Caller, switchboard.RatingFilter{}, "elsewhere u3 u2 u1"},
			"an inbox":           {operator().Caller, switchboard.RatingFilter{Inbox: "other"}, "elsewhere"},
			"an agent":           {operator().Caller, switchboard.RatingFilter{Agent: amy, Since: time.Now().Add(-time.Hour)}, "elsewhere u3 u2 u1"},
			"another agent":      {operator().Caller, switchboard.RatingFilter{Agent: "agt_no"}, ""},
			"a team":             {operator().Caller, switchboard.RatingFilter{Team: "tea_no"}, ""},
			"tomorrow":           {operator().Caller, switchboard.RatingFilter{Since: time.Now().Add(time.Hour)}, ""},
			"the agent's own":    {staffCaller(amy, kefu.RoleAgent), switchboard.RatingFilter{}, "elsewhere u3 u2 u1"},
			"an agent's of none": {staffCaller("agt_no", kefu.RoleAgent), switchboard.RatingFilter{}, ""},
			"bound to nothing":   {kefu.Caller{Kind: kefu.CallerClient, ID: "key_1", Bound: true}, switchboard.RatingFilter{}, ""},
		} {
			if got := comments(want.by, want.f); got != want.says {
				t.Errorf("%s: %q, want %q", name, got, want.says)
			}
		}
		_, err := b.Ratings(t.Context(), kefu.Caller{Kind: kefu.CallerContact, ID: "con_1"}, switchboard.RatingFilter{}, switchboard.Paging{})
		wantKind(t, "a contact", err, kefu.KindForbidden)
	})
}
