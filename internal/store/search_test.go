package store_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"kefu"
	"kefu/internal/lexis"
	"kefu/internal/store"
)

// fillSights stores a message in each of many conversations of all owners, and indexes messages and conversations.
func fillSights(t *testing.T, s *store.Store, n int) map[string]kefu.Seen {
	t.Helper()
	agents, teams, inboxes := []kefu.AgentID{"", "agt_1", "agt_2"}, []kefu.TeamID{"", "team_1", "team_2", "team_3"}, []kefu.InboxID{"shop", "guild"}
	seen := map[string]kefu.Seen{}
	err := s.Update(t.Context(), func(tx *store.Tx) error {
		step := store.SearchStep{Asked: map[store.SearchKind][]string{}, Walk: store.WalkDone}
		all := tx.Batch()
		for i := range n {
			conv := kefu.Conversation{ID: kefu.ConversationID(fmt.Sprintf("cnv_%04d", i)), InboxID: inboxes[i%2], AssigneeID: agents[i%3], TeamID: teams[i%4],
				ContactID: kefu.ContactID(fmt.Sprintf("con_%04d", i)), Subject: "訂單", Status: kefu.StatusOpen}
			if err := tx.InsertConversation(conv); err != nil {
				return err
			}
			m := store.Message{Message: kefu.Message{ID: kefu.MessageID(fmt.Sprintf("msg_%04d", i)), ConversationID: conv.ID, Seq: 1, CreatedAt: tx.Now,
				Content: kefu.Content{Type: kefu.ContentText, Text: "取消訂單"}}}
			all.InsertMessage(m)
			of := kefu.Seen{InboxID: conv.InboxID, ContactID: conv.ContactID, AssigneeID: conv.AssigneeID, TeamID: conv.TeamID}
			for kind, ref := range map[store.SearchKind]string{store.FoundMessage: string(m.ID), store.FoundConversation: string(conv.ID)} {
				seen[ref], step.Asked[kind] = of, append(step.Asked[kind], ref)
			}
		}
		if _, err := all.Run(); err != nil {
			return err
		}
		for kind, refs := range step.Asked {
			docs, err := tx.SearchDocs(kind, refs)
			if err != nil {
				return err
			}
			for _, d := range docs {
				step.Docs = append(step.Docs, store.WordsOf(d))
			}
		}
		_, ok, err := tx.PutSearch(step)
		if !ok {
			t.Error("the step was not taken")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return seen
}

func searchSights() []kefu.Sight {
	return []kefu.Sight{
		{},
		{Kind: kefu.SeesAll},
		{Kind: kefu.SeesOwn, ID: "agt_1"},
		{Kind: kefu.SeesOwn, ID: "agt_1", Teams: []kefu.TeamID{"team_1", "team_2"}},
		{Kind: kefu.SeesTeams, ID: "agt_2", Teams: []kefu.TeamID{"team_1", "team_2", "team_3"}},
		{Kind: kefu.SeesBound, ID: "key", Inboxes: []kefu.InboxID{"shop"}},
		{Kind: kefu.SeesBound, ID: "key", Teams: []kefu.TeamID{"team_3"}},
		{Kind: kefu.SeesBound, ID: "key", Inboxes: []kefu.InboxID{"guild"}, Teams: []kefu.TeamID{"team_1"}},
		{Kind: kefu.SeesBound, ID: "key"},
	}
}

// TestASearchSeesWhatSightSees pages through everything that each sight finds, in small pages and with no patience at all, and holds it
// against the sight itself. Some of the sights have few conversations, some have many: they are searched in different ways.
func TestASearchSeesWhatSightSees(t *testing.T) {
	impatient, cancel := context.WithCancel(context.Background())
	cancel()
	each(t, func(t *testing.T, s *store.Store) {
		seen := fillSights(t, s, 900)
		for i, sight := range searchSights() {
			for _, kind := range []store.SearchKind{store.FoundMessage, store.FoundConversation} {
				for _, inbox := range []kefu.InboxID{"", "shop"} {
					var want []string
					for ref, of := range seen {
						if sight.Sees(of) && (inbox == "" || of.InboxID == inbox) && (ref[:3] == "msg") == (kind == store.FoundMessage) {
							want = append(want, ref)
						}
					}
					f := store.SearchFilter{Kinds: []store.SearchKind{kind}, Query: lexis.Parse("订单"), InboxID: inbox, Limit: 70, Patience: impatient}
					got := searchPages(t, s, sight, f)
					slices.Sort(want)
					if !slices.Equal(got, want) {
						t.Errorf("sight %d, %s, inbox %q: %d found, %d may be seen", i, kind, inbox, len(got), len(want))
					}
				}
			}
		}
	})
}

func searchPages(t *testing.T, s *store.Store, sight kefu.Sight, f store.SearchFilter) (all []string) {
	t.Helper()
	for last := int64(0); ; {
		var hits []store.Hit
		err := s.View(t.Context(), func(tx *store.Tx) (err error) {
			hits, f.Before, err = tx.Search(sight, f)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range hits {
			if last != 0 && h.N >= last {
				t.Errorf("%s is not older than the one before", h.Ref)
			}
			last, all = h.N, append(all, h.Ref)
		}
		if f.Before == 0 {
			slices.Sort(all)
			return all
		}
	}
}
