package e2e

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"kefu/internal/fake/discord"
)

func TestTwentyClaimAMemberAtOnce(t *testing.T) {
	eachVillage(t, nil, func(v *village) {
		dm, tk := v.handed()
		card := v.posted(tk.channel, "Handed over by the bot")
		id := buttonID(card.Components, "claim")
		var all sync.WaitGroup
		var won atomic.Int64
		for n := range 20 {
			who := v.guild.AddMember(fmt.Sprintf("Agent%02d", n), v.role).ID
			all.Go(func() {
				x, err := v.guild.Press(card.ID, id, who)
				if err != nil {
					v.t.Error(err)
					return
				}
				out, err := x.Answer(v.ctx)
				if err != nil || out.Late || out.Original == nil {
					v.t.Errorf("a press was not answered in time: %v %+v", err, out)
				} else if strings.Contains(out.Original.Content, "由你負責") {
					won.Add(1)
				}
			})
		}
		all.Wait()
		v.posted(dm, "has joined")
		v.settled()
		if n := v.times(dm, "has joined"); n != 1 || won.Load() != 1 {
			v.t.Errorf("%d own it, and the member was told of %d", won.Load(), n)
		}
	})
}

// TestTheBotHasItOnlyInBetween gives a talk to the bot and back again by the API.
func TestTheBotHasItOnlyInBetween(t *testing.T) {
	eachVillage(t, nil, func(v *village) {
		v.article("en", returnsTitle, returnsBody)
		dm, tk := v.handed()
		v.claims(tk, v.amy)
		v.posted(dm, "Amy has joined")
		v.writes(dm, v.ann, "How do I return an item?")
		v.posted(tk.channel, "How do I return an item?")
		v.botIsDone()
		if n := v.times(dm, returnsTitle); n != 0 {
			v.t.Errorf("the bot answered %d times while Amy had it", n)
		}
		handoff := "/conversations/" + v.conversations()[0].ID + "/handoff"
		v.ask(http.MethodPost, handoff, settings{"to": "bot"}, nil)
		v.posted(dm, "Amy has left")
		v.writes(dm, v.ann, "How do I return an item, then?")
		v.posted(dm, returnsTitle)
		v.ask(http.MethodPost, handoff, settings{"to": "queue", "reason": "it is for a person"}, nil)
		v.until("the member is told that a person comes", func() bool { return v.times(dm, "#1") > 1 })
		v.writes(dm, v.ann, "How do I return an item now?")
		v.posted(tk.channel, "return an item now?")
		v.mutter(tk, "I tell you how")
		v.posted(dm, "I tell you how")
		v.botIsDone()
		if n := v.times(dm, returnsTitle); n != 1 {
			v.t.Errorf("the bot answered %d times, want once", n)
		}
		if c := v.conversations(); len(c) != 1 || c[0].Handler == "bot" {
			v.t.Errorf("%+v", c)
		}
	})
}

// TestATalkIsGivenAway gives it to a team and to a desk in Discord: what was said is there for whoever gets it.
func TestATalkIsGivenAway(t *testing.T) {
	eachVillage(t, nil, func(v *village) {
		dm, tk := v.handed()
		v.claims(tk, v.amy)
		v.mutter(tk, "Which order is it?")
		v.posted(dm, "Which order")
		v.writes(dm, v.ann, "Order 8806")
		v.posted(tk.channel, "Order 8806")
		var team struct{ ID string }
		v.ask(http.MethodPost, "/teams", settings{"name": "Returns"}, &team)
		id := v.conversations()[0].ID
		before, shownBefore := v.talked(id), len(v.bot(tk.channel))

		if out := v.slash(tk.channel, "transfer", map[string]any{"team": v.offered(tk, "transfer", "team", "ret")}); !strings.Contains(shown(out), "團隊") {
			v.t.Errorf("staff are told %q", shown(out))
		}
		v.posted(dm, "Amy has left")
		var c struct {
			TeamID  *string `json:"team_id"`
			Handler string
		}
		v.ask(http.MethodGet, "/conversations/"+id, nil, &c)
		if c.TeamID == nil || *c.TeamID != team.ID || c.Handler != "queue" {
			v.t.Errorf("it is at %+v", c)
		}
		v.slash(tk.channel, "claim", nil)
		v.until("Amy has it again", func() bool { return v.times(dm, "Amy has joined") == 2 })
		v.slash(tk.channel, "transfer", map[string]any{"desk": v.offered(tk, "transfer", "desk", "")})
		v.until("Amy has left it again", func() bool { return v.times(dm, "Amy has left") == 2 })

		after := v.talked(id)
		if !slices.Equal(before, after[:min(len(before), len(after))]) || len(v.bot(tk.channel)) < shownBefore {
			v.t.Errorf("what was said before is not there any more:\n%+v\n%+v", before, after)
		}
		v.mutter(tk, "It is on its way")
		v.posted(dm, "on its way")
		v.writes(dm, v.ann, "Thank you")
		v.posted(tk.channel, "Thank you")
	})
}

// offered types into an option of a command, and gives the value of the first thing that is offered.
func (v *village) offered(tk ticket, command, option, typed string) string {
	v.t.Helper()
	v.registered(command)
	x, err := v.guild.Suggest(tk.channel, v.amy, command, option, typed, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	out, err := x.Callback(v.ctx)
	if err != nil || out.Callback != discord.CallbackAutocomplete || len(out.Choices) == 0 {
		v.t.Fatalf("nothing is offered for %s of /%s: %+v %v", option, command, out, err)
	}
	return fmt.Sprint(out.Choices[0].Value)
}

func TestACannedResponseIsFilledIn(t *testing.T) {
	eachVillage(t, nil, func(v *village) {
		v.ask(http.MethodPost, "/canned-responses", settings{"shortcut": "hello", "content": "Hello {{customer}}, {{agent}} looks at #{{number}} @everyone"}, nil)
		v.ask(http.MethodPost, "/canned-responses", settings{"shortcut": "bye", "content": "Good bye"}, nil)
		dm, tk := v.handed()
		v.slash(tk.channel, "canned", map[string]any{"shortcut": v.offered(tk, "canned", "shortcut", "hel"), "text": "One moment."})
		m := v.posted(dm, "Hello Ann, Amy looks at #1")
		if !shows(m, "One moment.") || m.MentionEveryone {
			v.t.Errorf("the member has:\n%s", visible(m))
		}
		v.settled()
		if n := v.times(dm, "Hello Ann"); n != 1 {
			v.t.Errorf("it was sent %d times", n)
		}
	})
}
