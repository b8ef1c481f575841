package discord

import (
	"strings"
	"testing"

	"kefu"
	"kefu/internal/connector"
	fake "kefu/internal/fake/discord"
)

// closedOff is helped with a member whose direct messages are closed, and the offer that they get.
func closedOff(t *testing.T, o fake.Options, question string) (r *rig, mia fake.Member, general string, offer fake.Message) {
	t.Helper()
	r, mia, general = helped(t, o, set{})
	if err := r.s.SetDMClosed(mia.ID, true); err != nil {
		t.Fatal(err)
	}
	return r, mia, general, r.asks(general, mia, question)
}

// pressed presses a button and gives the answer.
func (r *rig) pressed(message, customID string, who fake.Member) fake.Message {
	r.t.Helper()
	i, err := r.s.Press(message, customID, who.ID)
	if err != nil {
		r.t.Fatal(err)
	}
	out, err := i.Answer(r.ctx)
	if err != nil || out.Original == nil {
		r.t.Fatalf("%+v, %v", out, err)
	}
	return *out.Original
}

// rooms are the private threads.
func (r *rig) rooms() []fake.Channel {
	var list []fake.Channel
	for _, c := range r.s.Channels() {
		if c.Type == fake.TypePrivateThread && !c.Deleted {
			list = append(list, c)
		}
	}
	return list
}

func TestClosedDirectMessages(t *testing.T) {
	t.Parallel()
	r, mia, general, offer := closedOff(t, fake.Options{}, "Where is *my* parcel?")
	if offer.Content != zhTW.say("dm_closed")+"\n"+zhTW.say("room_offer") || offer.Components[0].Components[0].CustomID != "kefu:m:room:" {
		t.Fatalf("offer %+v", offer)
	}
	if all, _ := r.rules.list(); len(all) != 0 {
		t.Errorf("taken in although nobody can answer: %+v", all)
	}
	said := r.pressed(offer.ID, "kefu:m:room:", mia)
	rooms := r.rooms()
	if len(rooms) != 1 || rooms[0].ParentID != general || rooms[0].Thread.Invitable || rooms[0].MemberCount != 2 {
		t.Fatalf("threads %+v", rooms)
	}
	room := rooms[0].ID
	if said.Content != zhTW.say("help_asked", "<#"+room+">") || len(said.Components) != 0 || len(said.Embeds) != 0 {
		t.Errorf("answer %+v", said)
	}
	in := r.wait(1, kind(connector.InOpen))[0]
	if in.ThreadID != room || in.Content.Text != "Where is *my* parcel?" || in.Sender.ID != mia.ID {
		t.Errorf("%+v", in)
	}
	if posts := r.bot(room); len(posts) != 1 || !strings.HasPrefix(posts[0].Content, zhTW.say("greet")) {
		t.Errorf("greeting %+v", posts)
	}
}

func TestOnlyTheOwnerIsHeardInAThread(t *testing.T) {
	t.Parallel()
	r, mia, _, offer := closedOff(t, fake.Options{}, "")
	r.pressed(offer.ID, "kefu:m:room:", mia)
	room := r.rooms()[0].ID
	owner, err := r.s.Say(room, r.s.OwnerID(), "I am the owner of the server")
	if err != nil {
		t.Fatal(err)
	}
	m := r.say(room, mia, "hello")
	if in := r.taken(m); in.Kind != connector.InOpen || in.ThreadID != room || in.Sender.Kind != kefu.AuthorContact {
		t.Errorf("%+v", in)
	}
	if _, err := r.s.Edit(owner.ID, "edited"); err == nil {
		if _, err := r.s.Edit(m.ID, "hello there"); err != nil {
			t.Fatal(err)
		}
	}
	if in := r.wait(1, kind(connector.InEdit))[0]; in.ExternalID != m.ID {
		t.Errorf("%+v", in)
	}
	if all, _ := r.rules.list(); len(all) != 2 {
		t.Errorf("somebody else was heard: %+v", all)
	}
}

// TestOneThreadForEachMember presses and asks again: the thread that is there goes on.
func TestOneThreadForEachMember(t *testing.T) {
	t.Parallel()
	r, mia, general, offer := closedOff(t, fake.Options{}, "one")
	i, err := r.s.Press(offer.ID, "kefu:m:room:", mia.ID)
	if err != nil {
		t.Fatal(err)
	}
	r.pressed(offer.ID, "kefu:m:room:", mia)
	if _, err := i.Answer(r.ctx); err != nil {
		t.Fatal(err)
	}
	room := r.rooms()[0].ID
	if said := r.asks(general, mia, "two"); said.Content != zhTW.say("help_added", "<#"+room+">") {
		t.Errorf("answer %q", said.Content)
	}
	all, _ := r.rules.list()
	if len(r.rooms()) != 1 || len(all) != 2 || all[0].Content.Text != "one" || all[1].Content.Text != "two" || all[1].ThreadID != room {
		t.Errorf("%d threads, taken %+v", len(r.rooms()), all)
	}
}

func TestThreadDeletedByHand(t *testing.T) {
	t.Parallel()
	r, mia, general, offer := closedOff(t, fake.Options{}, "")
	r.pressed(offer.ID, "kefu:m:room:", mia)
	room := r.rooms()[0].ID
	if err := r.s.DeleteChannel(room); err != nil {
		t.Fatal(err)
	}
	offer = r.asks(general, mia, "again")
	if r.pressed(offer.ID, "kefu:m:room:", mia); len(r.rooms()) != 1 || r.rooms()[0].ID == room {
		t.Errorf("threads %+v", r.rooms())
	}
	if len(r.bot(general)) != 0 {
		t.Errorf("the server was told: %+v", r.bot(general))
	}
}

// TestThreadDeletedUnseen deletes the thread while nobody listens.
func TestThreadDeletedUnseen(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{}, set{"community": set{}})
	mia := r.s.AddMember("Mia")
	general, _ := r.s.ChannelNamed("general")
	if err := r.s.SetDMClosed(mia.ID, true); err != nil {
		t.Fatal(err)
	}
	stop := r.listen()
	r.pressed(r.asks(general.ID, mia, "").ID, "kefu:m:room:", mia)
	room := r.rooms()[0].ID
	stop()
	if err := r.s.DeleteChannel(room); err != nil {
		t.Fatal(err)
	}
	r.listen()
	offer := r.asks(general.ID, mia, "again")
	if r.pressed(offer.ID, "kefu:m:room:", mia); len(r.rooms()) != 1 || r.rooms()[0].ID == room {
		t.Errorf("threads %+v", r.rooms())
	}
}

func TestThreadsForbidden(t *testing.T) {
	t.Parallel()
	o := fake.Options{BotPermissions: fake.HelpdeskPermissions &^ fake.CreatePrivateThreads}
	r, mia, general := helped(t, o, set{})
	r.s.SetEveryonePermissions(fake.EveryonePermissions &^ fake.CreatePrivateThreads)
	if err := r.s.SetDMClosed(mia.ID, true); err != nil {
		t.Fatal(err)
	}
	said := r.asks(general, mia, "hello")
	if want := zhTW.say("room_forbidden", "Create Private Threads"); !strings.HasSuffix(said.Content, want) || len(said.Components) != 0 {
		t.Errorf("%q, want the end %q", said.Content, want)
	}
	if !strings.HasPrefix(said.Content, zhTW.say("dm_closed")) {
		t.Errorf("no hint how to open direct messages: %q", said.Content)
	}
}

// TestThreadsForbiddenSince takes the permission away after the offer was made.
func TestThreadsForbiddenSince(t *testing.T) {
	t.Parallel()
	r, mia, _, offer := closedOff(t, fake.Options{}, "hello")
	r.s.SetBotPermissions(fake.HelpdeskPermissions &^ fake.CreatePrivateThreads)
	r.s.SetEveryonePermissions(fake.EveryonePermissions &^ fake.CreatePrivateThreads)
	said := r.pressed(offer.ID, "kefu:m:room:", mia)
	if !strings.Contains(said.Content, "Create Private Threads") || !strings.HasSuffix(said.Content, zhTW.say("dm_how")) || len(r.rooms()) != 0 {
		t.Errorf("%q", said.Content)
	}
}

// TestDirectMessagesOpenedAgain holds that a member is believed who has opened them.
func TestDirectMessagesOpenedAgain(t *testing.T) {
	t.Parallel()
	r, mia, general, _ := closedOff(t, fake.Options{}, "one")
	for range 3 {
		r.asks(general, mia, "more")
	}
	if err := r.s.SetDMClosed(mia.ID, false); err != nil {
		t.Fatal(err)
	}
	dm := r.dm(mia)
	r.taken(r.say(dm, mia, "open now"))
	if said := r.asks(general, mia, "two"); said.Content != zhTW.say("help_added", "https://discord.com/channels/@me/"+dm) {
		t.Errorf("answer %q", said.Content)
	}
}

func TestThreadWithoutTheContentIntent(t *testing.T) {
	t.Parallel()
	r, mia, _, offer := closedOff(t, fake.Options{ContentIntentOff: true}, "")
	r.pressed(offer.ID, "kefu:m:room:", mia)
	room := r.rooms()[0].ID
	if posts := r.bot(room); len(posts) != 1 || !strings.HasSuffix(posts[0].Content, zhTW.say("member_mention")) {
		t.Errorf("greeting %+v", posts)
	}
	r.say(room, mia, "can you read this?")
	r.until("the member is told", func() bool { return len(r.bot(room)) == 2 })
	if in := r.taken(r.say(room, mia, "<@"+r.s.BotID()+"> and this?")); in.Content.Text != "@kefu and this?" {
		t.Errorf("%+v", in)
	}
}

// TestThreadMissed writes in a private thread while nobody listens.
func TestThreadMissed(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{}, set{"community": set{}})
	r.opens()
	mia := r.s.AddMember("Mia")
	stop := r.listen()
	general, _ := r.s.ChannelNamed("general")
	if err := r.s.SetDMClosed(mia.ID, true); err != nil {
		t.Fatal(err)
	}
	r.pressed(r.asks(general.ID, mia, "hello").ID, "kefu:m:room:", mia)
	room := r.rooms()[0].ID
	stop()
	if _, err := r.s.Say(room, r.s.OwnerID(), "between us"); err != nil {
		t.Fatal(err)
	}
	m := r.say(room, mia, "are you there?")
	r.listen()
	if in := r.taken(m); !in.Recovered || in.Sender.ID != mia.ID {
		t.Errorf("%+v", in)
	}
	if all, _ := r.rules.list(); len(all) != 2 {
		t.Errorf("%+v", all)
	}
}
