package main

import (
	"math"
	"slices"
	"strings"
	"testing"

	"kefu"
	"kefu/internal/ident"
	"kefu/internal/sqldb"
	"kefu/internal/store"
	"kefu/internal/storetest"
)

func TestSeedIDsAreIDs(t *testing.T) {
	if id := seedID("agt_"+kindFew, 8); !ident.Valid("agt", id) {
		t.Errorf("%q is no id", id)
	}
}

// TestSeededTermsHaveTheirShare holds the texts against the shares that the table of searches tells.
func TestSeededTermsHaveTheirShare(t *testing.T) {
	found := map[string]int{}
	distinct := map[string]bool{}
	for n := range textKinds {
		text := seedText(n)
		distinct[text] = true
		for _, w := range terms() {
			if strings.Contains(text, w.word) {
				found[w.word]++
			}
		}
	}
	for _, w := range terms()[1:] {
		if got := float64(found[w.word]) / textKinds; math.Abs(got-w.share) > w.share/50 {
			t.Errorf("%s is in %.4f of the kinds of text, want %.4f", w.word, got, w.share)
		}
	}
	if found[terms()[0].word] > 0 {
		t.Errorf("the rarest term is in a kind of text")
	}
	if len(distinct) < textKinds/2 {
		t.Errorf("%d of %d kinds of text differ", len(distinct), textKinds)
	}
}

// TestSeedOfTheAPIFits holds the seed against the schema, and its shape against what the table says of it.
func TestSeedOfTheAPIFits(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		const messages, keys = 20_000, 2
		given, err := seedAPI(t.Context(), url, messages, keys)
		if err != nil {
			t.Fatal(err)
		}
		if len(given) != keys || given[0] == given[1] {
			t.Errorf("keys %q", given)
		}
		db, err := sqldb.Open(t.Context(), url, sqldb.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		count := func(tx *store.Tx, text string, args ...any) (n int) {
			if err := tx.QueryRow(text, args...).Scan(&n); err != nil {
				t.Error(err)
			}
			return n
		}
		err = store.New(db).View(t.Context(), func(tx *store.Tx) error {
			for text, want := range map[string]int{
				`SELECT COUNT(*) FROM message`:                          messages + apiLong*apiLongEach,
				`SELECT COUNT(*) FROM delivery`:                         messages + apiLong*apiLongEach,
				`SELECT COUNT(DISTINCT conversation_id) FROM message`:   messages / apiEach,
				`SELECT COUNT(*) FROM conversation WHERE last_seq = 10`: messages/apiEach - apiLong,
				`SELECT COUNT(*) FROM conversation c JOIN message m ON m.id = c.initial_message_id AND m.conversation_id = c.id AND m.seq = 1 AND m.created_at = c.created_at`: messages / apiEach,
				`SELECT COUNT(*) FROM conversation c JOIN message m ON m.conversation_id = c.id AND m.seq = 10 AND m.created_at = c.updated_at`:                                messages / apiEach,
				`SELECT COUNT(*) FROM conversation c JOIN ticket t ON t.conversation_id = c.id`:                                                                                messages / apiEach,
				`SELECT COUNT(DISTINCT team_id) FROM conversation`:                                                                                                             apiTeams,
				`SELECT COUNT(*) FROM event`: 0,
			} {
				if got := count(tx, text); got != want {
					t.Errorf("%s: %d, want %d", text, got, want)
				}
			}
			long, whose := apiSeed{messages, messages / apiEach}.long(7)
			if got := count(tx, `SELECT COUNT(*) FROM message m JOIN conversation c ON c.id = m.conversation_id WHERE c.id = $1 AND c.assignee_id = $2 AND c.last_seq = 60`,
				long, seedID("agt_"+kindFew, whose)); got != apiEach+apiLongEach {
				t.Errorf("a long conversation has %d messages", got)
			}
			few := kefu.AgentID(seedID("agt_"+kindFew, 3))
			if got := count(tx, `SELECT COUNT(*) FROM conversation WHERE assignee_id = $1`, few); got < apiFewSee-2 || got > apiFewSee+2 {
				t.Errorf("an agent who sees few sees %d, want %d", got, apiFewSee)
			}
			// The terms must not follow the conversations, or an agent would find all of them or none.
			term := terms()[2]
			with := count(tx, `SELECT COUNT(*) FROM message WHERE text LIKE $1`, "%"+term.word+"%")
			talks := count(tx, `SELECT COUNT(DISTINCT conversation_id) FROM message WHERE text LIKE $1`, "%"+term.word+"%")
			if share := float64(with) / (messages + apiLong*apiLongEach); math.Abs(share-term.share) > term.share/20 || float64(talks) < 0.7*float64(with) {
				t.Errorf("%s is in %d messages of %d conversations", term.word, with, talks)
			}
			// Nor the teams, except for the one that says so.
			teams := func(word string) int {
				return count(tx, `SELECT COUNT(DISTINCT c.team_id) FROM message m JOIN conversation c ON c.id = m.conversation_id WHERE m.text LIKE $1`, "%"+word+"%")
			}
			if got := teams(term.word); got != apiTeams {
				t.Errorf("%s is in messages of %d teams, want %d", term.word, got, apiTeams)
			}
			if got := teams(otherTeams().word); got != 1 {
				t.Errorf("%s is in messages of %d teams, want 1", otherTeams().word, got)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestStaffMailsDiffer(t *testing.T) {
	all := []string{staffMail(kindTeam, 1), staffMail(kindFew, 1), staffMail(kindAdmin, 1), staffMail(kindTeam, 11)}
	slices.Sort(all)
	if len(slices.Compact(all)) != 4 {
		t.Errorf("addresses %q", all)
	}
}
