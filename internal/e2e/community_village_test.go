package e2e

import (
	"net/http"
	"strings"

	"kefu/internal/fake/discord"
	"kefu/internal/sqldb"
	"kefu/internal/store"
)

// tiny is what passes for a picture.
const tiny = "\x89PNG\r\n\x1a\n"

// handed has Ann ask for a person, and gives her direct messages and the ticket's channel.
func (v *village) handed() (dm string, tk ticket) {
	v.t.Helper()
	dm = v.dm(v.ann)
	v.writes(dm, v.ann, "I want to talk to a real person")
	v.posted(dm, "#1")
	tk = v.desk(1)
	v.posted(tk.channel, "Handed over by the bot")
	return dm, tk
}

// claims has somebody press Claim on the card of a ticket.
func (v *village) claims(tk ticket, who string) discord.Outcome {
	v.t.Helper()
	_, out := v.press(v.posted(tk.channel, "Handed over by the bot"), "claim", who)
	return out
}

// posts has a member post what is more than text.
func (v *village) posts(channel, member string, p discord.Saying) discord.Message {
	v.t.Helper()
	m, err := v.guild.Post(channel, member, p)
	if err != nil {
		v.t.Fatal(err)
	}
	return m
}

// reports fills in the form of /bug or /new_feature; what is not given stays empty.
func (v *village) reports(member, command string, values map[string]string) discord.Outcome {
	v.t.Helper()
	x, form := v.does(v.hall, member, command, nil)
	if form.Modal == nil {
		v.t.Fatalf("no form: %+v", form)
	}
	y, err := v.guild.SubmitModal(x, values)
	if err != nil {
		v.t.Fatal(err)
	}
	return v.answered(y)
}

// view reads what is stored.
func (v *village) view(fn func(tx *store.Tx) error) {
	v.t.Helper()
	v.inStore(func(s *store.Store) error { return s.View(v.ctx, fn) })
}

// inStore opens the database beside the program.
func (v *village) inStore(fn func(s *store.Store) error) {
	v.t.Helper()
	db, err := sqldb.Open(v.ctx, v.db, sqldb.Options{})
	if err != nil {
		v.t.Fatal(err)
	}
	defer db.Close()
	if err := fn(store.New(db)); err != nil {
		v.t.Fatal(err)
	}
}

// said is a message of a talk as the API lists it.
type said struct {
	ID      string
	Content string
	Private bool
	Sender  struct{ Kind, Name string }
}

// talked lists the messages of a conversation, oldest first.
func (v *village) talked(conversation string) []said {
	v.t.Helper()
	var page struct{ Items []said }
	v.ask(http.MethodGet, "/conversations/"+conversation+"/messages?order=oldest&limit=200", nil, &page)
	return page.Items
}

// heard tells whether a text is in a talk.
func heard(list []said, text string) bool {
	for _, m := range list {
		if strings.Contains(m.Content, text) {
			return true
		}
	}
	return false
}

// settled waits until nothing is on its way.
func (v *village) settled() {
	v.t.Helper()
	v.until("nothing waits", func() bool { return v.waiting() == 0 })
}

// still is a message as it is now.
func (v *village) still(m discord.Message) discord.Message {
	now, _ := v.guild.Message(m.ID)
	return now
}

// times counts the bot's messages in a channel that show a text.
func (v *village) times(channel, text string) int {
	n := 0
	for _, m := range v.bot(channel) {
		if shows(m, text) {
			n++
		}
	}
	return n
}
