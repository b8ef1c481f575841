package discord

import (
	"strings"
	"testing"
	"time"

	"kefu"
	"kefu/internal/connector"
	fake "kefu/internal/fake/discord"
)

// askedToRate is a listening rig with a member who is asked for a rating; notice is the message that asks.
func askedToRate(t *testing.T, answer func(connector.Inbound) connector.Result) (r *rig, mia fake.Member, notice string) {
	t.Helper()
	r, th, mia := direct(t, fake.Options{})
	r.rules.answer = answer
	r.listen()
	s := connector.StatusChange{DeliveryID: "dlv_close", Kind: connector.StatusClosed, Rating: "rat_01", At: time.Now(), Ticket: kefu.Ticket{Number: 12}}
	if err := r.c.SendStatus(r.ctx, th, s); err != nil {
		t.Fatal(err)
	}
	return r, mia, r.bot(th.ExternalID)[0].ID
}

// labels are what stands on the buttons of a message.
func (r *rig) labels(message string) string {
	m, _ := r.s.Message(message)
	var all []string
	for _, row := range m.Components {
		for _, b := range row.Components {
			all = append(all, b.Label)
		}
	}
	return strings.Join(all, "|")
}

func TestRating(t *testing.T) {
	t.Parallel()
	r, mia, notice := askedToRate(t, func(in connector.Inbound) connector.Result {
		return connector.Result{View: &connector.View{Rating: kefu.Rating{ID: "rat_01", Stars: 4}}}
	})
	if got := r.labels(notice); got != "1 ⭐|2 ⭐|3 ⭐|4 ⭐|5 ⭐" {
		t.Fatalf("buttons %s", got)
	}
	r.press(notice, "kefu:m:rate:rat_01:4", mia)
	shown := "★★★★☆|" + zhTW.say("button_comment")
	r.until("the stars are shown", func() bool { return r.labels(notice) == shown })
	done := r.fillIn(r.press(notice, "kefu:m:comment:rat_01", mia), map[string]string{"text": "Quick and *kind*"})
	r.until("the comment is taken", func() bool { return r.labels(notice) == "★★★★☆" })
	in := r.wait(2, kind(connector.InCommand))
	if c := in[0].Command; c.Name != connector.CmdRate || c.Args["rating"] != "rat_01" || c.Args["stars"] != "4" || in[0].Sender.Kind != kefu.AuthorContact {
		t.Errorf("%+v", in[0])
	}
	if _, stars := in[1].Command.Args["stars"]; stars || in[1].Command.Args["comment"] != "Quick and *kind*" || in[1].Command.Args["rating"] != "rat_01" {
		t.Errorf("%+v", in[1].Command)
	}
	r.until("they are thanked", func() bool { return asideOf(done) == zhTW.say("rate_thanks") })
}

// TestRatingRefused: what was given before, or too late, is said in words, and the stars that count are shown.
func TestRatingRefused(t *testing.T) {
	t.Parallel()
	for why, c := range map[string]struct {
		stars int
		words word
		left  string
	}{
		connector.RefusedDone:     {5, "rate_done", "★★★★★"},
		connector.RefusedExpired:  {0, "rate_expired", ""},
		connector.RefusedNotFound: {0, "rate_missing", ""},
	} {
		t.Run(why, func(t *testing.T) {
			t.Parallel()
			r, mia, notice := askedToRate(t, func(connector.Inbound) connector.Result {
				return connector.Result{View: &connector.View{Refused: why, Rating: kefu.Rating{Stars: c.stars}}}
			})
			i := r.press(notice, "kefu:m:rate:rat_01:1", mia)
			r.until("the buttons are gone", func() bool { return r.labels(notice) == c.left })
			r.until("it is said", func() bool { return asideOf(i) == zhTW.say(c.words) })
		})
	}
}

// TestRatingNotStored leaves the buttons for another try.
func TestRatingNotStored(t *testing.T) {
	t.Parallel()
	r, mia, notice := askedToRate(t, nil)
	r.rules.mu.Lock()
	r.rules.fail = 3
	r.rules.mu.Unlock()
	i := r.press(notice, "kefu:m:rate:rat_01:1", mia)
	r.until("it is said", func() bool { return asideOf(i) == zhTW.say("no_answer") })
	if got := r.labels(notice); !strings.HasPrefix(got, "1 ⭐") {
		t.Errorf("buttons %s", got)
	}
}

func asideOf(i *fake.Interaction) string {
	out := i.Outcome()
	if len(out.Followups) == 0 || !out.Followups[0].Ephemeral {
		return ""
	}
	return out.Followups[0].Content
}
