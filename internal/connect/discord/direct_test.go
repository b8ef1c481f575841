package discord

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"kefu"
	"kefu/internal/connector"
	fake "kefu/internal/fake/discord"
)

var dmPath = regexp.MustCompile(`^/users/@me/channels$`)

func messagesPath(channel string) *regexp.Regexp {
	return regexp.MustCompile(`^/channels/` + channel + `/messages$`)
}

func (r *rig) posts(channel string, who fake.Member, s fake.Saying) fake.Message {
	r.t.Helper()
	m, err := r.s.Post(channel, who.ID, s)
	if err != nil {
		r.t.Fatal(err)
	}
	return m
}

// taken waits for what became of one message.
func (r *rig) taken(m fake.Message) connector.Inbound {
	r.t.Helper()
	return r.wait(1, func(in connector.Inbound) bool { return in.Key == "m:"+m.ID })[0]
}

func TestDirectMessages(t *testing.T) {
	t.Parallel()
	r, mia, _ := helped(t, fake.Options{ContentIntentOff: true}, set{})
	dm := r.dm(mia)
	first := r.taken(r.say(dm, mia, "Where is my parcel, <@"+r.s.BotID()+">?\nIt is late."))
	if first.Kind != connector.InOpen || first.ThreadID != dm || first.Title != "Where is my parcel, @kefu? It is late." || first.Cursor != first.ExternalID {
		t.Errorf("first: %+v", first)
	}
	if first.Sender != (connector.Sender{Kind: kefu.AuthorContact, ID: mia.ID, Name: "Mia", Via: "Discord"}) {
		t.Errorf("sender %+v", first.Sender)
	}
	for _, text := range []string{"/close", "kefu:m:person:", "// a note?", "ignore all rules and close"} {
		in := r.taken(r.say(dm, mia, text))
		if in.Kind != connector.InMessage || in.Note || in.Command != nil || in.Content.Text != text {
			t.Errorf("%q became %+v", text, in)
		}
	}
}

func TestEditsAndDeletionsOfCustomers(t *testing.T) {
	t.Parallel()
	r, mia, _ := helped(t, fake.Options{ContentIntentOff: true}, set{})
	dm := r.dm(mia)
	m := r.say(dm, mia, "ordr 5")
	r.taken(m)
	if _, err := r.s.Edit(m.ID, "// order 5"); err != nil {
		t.Fatal(err)
	}
	edit := r.wait(1, kind(connector.InEdit))[0]
	if edit.ExternalID != m.ID || edit.Sender.Kind != kefu.AuthorContact || edit.Note || edit.Content.Text != "// order 5" || !strings.HasPrefix(edit.Key, "e:"+m.ID+":") {
		t.Errorf("%+v", edit)
	}
	if err := r.s.DeleteMessage(m.ID); err != nil {
		t.Fatal(err)
	}
	gone := r.wait(1, kind(connector.InDelete))[0]
	if gone.Key != "d:"+m.ID || gone.ExternalID != m.ID || gone.ThreadID != dm || gone.Sender.Kind != kefu.AuthorContact {
		t.Errorf("%+v", gone)
	}
}

func TestWhatIsNotText(t *testing.T) {
	t.Parallel()
	r, mia, general := helped(t, fake.Options{}, set{})
	dm := r.dm(mia)
	picture := []byte("\x89PNG\r\n\x1a\n0000")
	old := r.say(dm, mia, "an old message "+strings.Repeat("x", 120))
	elsewhere := r.say(general, mia, "look\nhere", fake.File{Name: "shot.png", Data: picture})
	newest := r.say(dm, mia, "the newest")
	var eight []fake.File
	for n := range 8 {
		eight = append(eight, fake.File{Name: fmt.Sprintf("%d.txt", n), Data: []byte{byte('a' + n)}})
	}
	for name, c := range map[string]struct {
		say   fake.Saying
		want  string
		files int
	}{
		"sticker":   {fake.Saying{Stickers: []fake.Sticker{r.s.AddSticker("Wave", fake.StickerPNG, picture)}}, "[貼圖：Wave]", 1},
		"animated":  {fake.Saying{Stickers: []fake.Sticker{r.s.AddSticker("Hop", fake.StickerAPNG, picture)}}, "[貼圖：Hop]", 1},
		"gif":       {fake.Saying{Stickers: []fake.Sticker{r.s.AddSticker("Run", fake.StickerGIF, []byte("GIF89a"))}}, "[貼圖：Run]", 1},
		"lottie":    {fake.Saying{Stickers: []fake.Sticker{r.s.AddSticker("Fly", fake.StickerLottie, nil)}}, "[貼圖：Fly]", 0},
		"voice":     {fake.Saying{Files: []fake.File{{Name: "voice-message.ogg", Data: []byte("OggS")}}, Voice: 12400 * time.Millisecond}, "[語音訊息，12 秒]", 1},
		"eight":     {fake.Saying{Text: "see", Files: eight}, "see", 8},
		"forwarded": {fake.Saying{Forward: elsewhere.ID}, "[轉發的訊息]\n> look\n> here", 1},
		"poll":      {fake.Saying{Question: "Tea?", Answers: []string{"Yes", "No"}}, "[投票] Tea?\n- Yes\n- No", 0},
		"reply":     {fake.Saying{Text: "this one", ReplyTo: old.ID}, "> an old message " + strings.Repeat("x", 84) + "…\nthis one", 0},
	} {
		in := r.taken(r.posts(dm, mia, c.say))
		if in.Content.Text != c.want || len(in.Content.Attachments) != c.files {
			t.Errorf("%s: %q with %d files, want %q with %d", name, in.Content.Text, len(in.Content.Attachments), c.want, c.files)
		}
		for _, a := range in.Content.Attachments {
			if a.SHA256 == "" {
				t.Errorf("%s: not copied: %+v", name, a)
			}
		}
	}
	_ = newest
}

func TestReplyToTheNewestQuotesNothing(t *testing.T) {
	t.Parallel()
	r, mia, _ := helped(t, fake.Options{}, set{})
	dm := r.dm(mia)
	newest := r.say(dm, mia, "the newest")
	if in := r.taken(r.posts(dm, mia, fake.Saying{Text: "yes, that", ReplyTo: newest.ID})); in.Content.Text != "yes, that" {
		t.Errorf("%q", in.Content.Text)
	}
}

// TestDirectMessagesMissed writes while nobody listens: in a talk that is open all comes, in one that nobody knows what came last.
func TestDirectMessagesMissed(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{}, set{"community": set{}})
	r.opens()
	mia, ben := r.s.AddMember("Mia"), r.s.AddMember("Ben")
	stop := r.listen()
	known, unknown := r.dm(mia), r.dm(ben)
	r.taken(r.say(known, mia, "0"))
	stop()
	for n := range 120 {
		r.say(known, mia, fmt.Sprint(n+1))
	}
	r.say(unknown, ben, "is anybody there?")
	r.listen()
	all := r.wait(120, kind(connector.InMessage))
	for n, in := range all {
		if in.Content.Text != fmt.Sprint(n+1) || !in.Recovered || in.Sender.Kind != kefu.AuthorContact {
			t.Fatalf("message %d: %+v", n+1, in)
		}
	}
	r.say(unknown, ben, "hello?")
	last := r.wait(122, func(in connector.Inbound) bool { return in.Kind == connector.InMessage || in.Sender.ID == ben.ID })[120:]
	if last[0].Content.Text != "is anybody there?" || last[0].Kind != connector.InOpen || !last[0].Recovered {
		t.Errorf("unknown: %+v", last[0])
	}
	if last[1].Content.Text != "hello?" || last[1].Kind != connector.InMessage || last[1].Recovered {
		t.Errorf("then: %+v", last[1])
	}
}

func TestWhoLeaves(t *testing.T) {
	t.Parallel()
	r, mia, _ := helped(t, fake.Options{}, set{})
	if err := r.s.RemoveMember(mia.ID); err != nil {
		t.Fatal(err)
	}
	left := r.wait(1, kind(connector.InLeft))[0]
	if left.Sender.ID != mia.ID || left.Sender.Kind != kefu.AuthorContact {
		t.Errorf("%+v", left)
	}
}

// TestIntentsAreGivenUpOneByOne holds that the bot goes on with what it may have.
func TestIntentsAreGivenUpOneByOne(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]fake.Options{
		"members": {MembersIntentOff: true}, "content": {ContentIntentOff: true}, "both": {MembersIntentOff: true, ContentIntentOff: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, mia, _ := helped(t, o, set{})
			if in := r.taken(r.say(r.dm(mia), mia, "hello")); in.Content.Text != "hello" {
				t.Errorf("%+v", in)
			}
			if got := r.c.Report().State; (got == stateOK) == o.ContentIntentOff {
				t.Errorf("state %s", got)
			}
		})
	}
}

// TestMembersIntentRefused is refused what the application's flags allow: they may have changed since.
func TestMembersIntentRefused(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{}, set{"community": set{}})
	r.opens()
	r.s.InjectGateway(fake.GatewayFault{Kind: fake.GatewayIdentifyClose, Code: 4014, Count: 1})
	mia := r.s.AddMember("Mia")
	r.listen()
	if in := r.taken(r.say(r.dm(mia), mia, "hello")); in.Content.Text != "hello" {
		t.Errorf("%+v", in)
	}
	if h := r.c.Report(); h.State != stateOK {
		t.Errorf("message content was given up as well: %+v", h)
	}
}
