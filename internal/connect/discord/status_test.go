package discord

import (
	"strings"
	"testing"
	"time"

	"kefu"
	"kefu/internal/connector"
	fake "kefu/internal/fake/discord"
)

func closing(r *rig) connector.StatusChange {
	return connector.StatusChange{
		DeliveryID: "dlv_close", Kind: connector.StatusClosed, ClosedBy: "網站/客戶端", Reason: "solved *now*", At: time.Now(), Ticket: kefu.Ticket{Number: 33},
		Transcript: []kefu.Attachment{r.files.put("ticket-33.html", []byte("<html></html>")), r.files.put("ticket-33.json", []byte("{}"))},
	}
}

func TestCloseDeletes(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{}, nil)
	room := r.s.AddChannel(fake.Channel{Type: fake.TypeText, Name: "transcripts"})
	r.c = r.connect(set{"transcript_channel": room.ID})
	th := r.open(33)
	s := closing(r)
	if err := r.c.SendStatus(r.ctx, th, s); err != nil {
		t.Fatal(err)
	}
	if ch, _ := r.s.Channel(th.ExternalID); !ch.Deleted {
		t.Error("the channel is still there")
	}
	said := r.s.Messages(th.ExternalID)
	if len(said) != 1 || !strings.Contains(said[0].Embeds[0].Description, "網站/客戶端") || !strings.Contains(said[0].Embeds[0].Description, `solved \*now\*`) {
		t.Errorf("notice %+v", said)
	}
	kept := r.bot(room.ID)
	if len(kept) != 1 || len(kept[0].Attachments) != 2 || !strings.Contains(kept[0].Embeds[0].Description, "https://kefu.example/files/") {
		t.Fatalf("transcript %+v", kept)
	}
	s.Unsure = true
	if err := r.c.SendStatus(r.ctx, th, s); err != nil {
		t.Errorf("again: %v", err)
	}
	if n := len(r.bot(room.ID)); n != 1 {
		t.Errorf("%d transcripts", n)
	}
}

// TestCloseAsksDiscordAfresh holds what the source insists on: the channel is fetched right before it is deleted.
func TestCloseAsksDiscordAfresh(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{}, nil)
	th := r.open(33)
	r.s.ClearRequests()
	if err := r.c.SendStatus(r.ctx, th, closing(r)); err != nil {
		t.Fatal(err)
	}
	var last []string
	for _, q := range r.s.Requests() {
		if q.Path == "/channels/"+th.ExternalID {
			last = append(last, q.Method)
		}
	}
	if strings.Join(last, " ") != "GET DELETE" {
		t.Errorf("calls on the channel: %v", last)
	}
}

// TestCloseWithLostAnswers loses every answer once, in turn: the notice and the transcript are there once, the channel is gone.
func TestCloseWithLostAnswers(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{NonceWindow: 1}, nil)
	room := r.s.AddChannel(fake.Channel{Type: fake.TypeText, Name: "transcripts"})
	r.c = r.connect(set{"transcript_channel": room.ID})
	th := r.open(33)
	r.s.Inject(fake.Fault{Kind: fake.FaultResetAfter, Method: "POST", Count: 1})
	r.s.Inject(fake.Fault{Kind: fake.FaultResetAfter, Method: "POST", Skip: 1, Count: 1})
	r.s.Inject(fake.Fault{Kind: fake.FaultResetAfter, Method: "DELETE", Count: 1})
	s := closing(r)
	tries := 0
	for err := r.c.SendStatus(r.ctx, th, s); err != nil; err = r.c.SendStatus(r.ctx, th, s) {
		refused(t, err, connector.Uncertain, connector.ScopeThread)
		s.Unsure = true
		if tries++; tries > 5 {
			t.Fatal("it never ends")
		}
	}
	if tries < 2 || len(r.s.Messages(th.ExternalID)) != 1 || len(r.bot(room.ID)) != 1 {
		t.Errorf("%d failures, %d notices, %d transcripts", tries, len(r.s.Messages(th.ExternalID)), len(r.bot(room.ID)))
	}
}

func TestCloseWithoutPermission(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{}, nil)
	th := r.open(33)
	for _, id := range []string{r.s.BotID()} {
		err := r.s.SetOverwrite(th.ExternalID, fake.Overwrite{ID: id, Type: fake.OverwriteMember, Allow: fake.EveryonePermissions, Deny: fake.ManageChannels})
		if err != nil {
			t.Fatal(err)
		}
	}
	se := refused(t, r.c.SendStatus(r.ctx, th, closing(r)), connector.Permanent, connector.ScopeThread)
	if !strings.Contains(se.Reason, "管理頻道") {
		t.Errorf("reason %q", se.Reason)
	}
	texts := r.texts(th.ExternalID)
	if len(texts) != 2 || texts[1] != zhTW.say("cannot_remove") {
		t.Errorf("channel says %q", texts)
	}
	if !strings.Contains(r.log.String(), "Manage Channels") {
		t.Error("the log does not name the permission")
	}
}

func TestArchiveAndBack(t *testing.T) {
	t.Parallel()
	r, _, alice := staffed(t, fake.Options{ChannelsPerCategory: 2}, set{"on_close": "archive"})
	var threads []connector.Thread
	for n := range 3 {
		threads = append(threads, r.open(int64(40+n)))
	}
	for i, th := range threads {
		s := closing(r)
		s.DeliveryID += kefu.DeliveryID(rune('a' + i))
		if err := r.c.SendStatus(r.ctx, th, s); err != nil {
			t.Fatal(err)
		}
		s.Unsure = true
		if err := r.c.SendStatus(r.ctx, th, s); err != nil {
			t.Fatalf("again: %v", err)
		}
		ch, _ := r.s.Channel(th.ExternalID)
		parent, _ := r.s.Channel(ch.ParentID)
		if want := []string{"Archived", "Archived", "Archived 2"}[i]; parent.Name != want {
			t.Errorf("ticket %d is in %q, want %q", i, parent.Name, want)
		}
		if _, err := r.s.Say(th.ExternalID, alice.ID, "late"); err == nil {
			t.Error("an archived channel can be written in")
		}
	}
	back := connector.StatusChange{DeliveryID: "dlv_re", Kind: connector.StatusReopened, At: time.Now(), Ticket: kefu.Ticket{Number: 40}}
	if err := r.c.SendStatus(r.ctx, threads[0], back); err != nil {
		t.Fatal(err)
	}
	ch, _ := r.s.Channel(threads[0].ExternalID)
	if parent, _ := r.s.Channel(ch.ParentID); !strings.HasPrefix(parent.Name, "Tickets") {
		t.Errorf("reopened into %q", parent.Name)
	}
	r.say(threads[0].ExternalID, alice, "and on")
}

func TestReopenOfADeletedChannel(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{}, nil)
	th := r.open(33)
	if err := r.s.DeleteChannel(th.ExternalID); err != nil {
		t.Fatal(err)
	}
	for _, k := range []connector.StatusKind{connector.StatusReopened, connector.StatusAssigned, connector.StatusClosed} {
		if err := r.c.SendStatus(r.ctx, th, connector.StatusChange{DeliveryID: "dlv_x", Kind: k, At: time.Now()}); err != nil {
			t.Errorf("%s: %v", k, err)
		}
	}
}

func TestAssignedNoticesTakeEachOthersPlace(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{}, nil)
	th := r.open(33)
	assign := func(id, to string, unsure bool) {
		t.Helper()
		s := connector.StatusChange{DeliveryID: kefu.DeliveryID(id), Kind: connector.StatusAssigned, To: to, At: time.Now(), Unsure: unsure}
		if err := r.c.SendStatus(r.ctx, th, s); err != nil {
			t.Fatal(err)
		}
	}
	assign("dlv_1", "Alice", false)
	assign("dlv_2", "Bob", false)
	if texts := r.texts(th.ExternalID); len(texts) != 1 || !strings.Contains(texts[0], "Bob") {
		t.Fatalf("notices %q", texts)
	}
	r.send(outbound(th, 2, "text"))
	assign("dlv_3", "Carol", false)
	r.send(outbound(th, 3, "text"))
	assign("dlv_3", "Carol", true)
	if n := len(r.bot(th.ExternalID)); n != 4 {
		t.Errorf("%d posts: %q", n, r.texts(th.ExternalID))
	}
}

// TestTranscriptWithoutAChannel holds that a ticket whose channel is gone, or never was, leaves its transcript all the same.
func TestTranscriptWithoutAChannel(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{}, nil)
	room := r.s.AddChannel(fake.Channel{Type: fake.TypeText, Name: "transcripts"})
	r.c = r.connect(set{"transcript_channel": room.ID})
	th := r.open(33)
	if err := r.s.DeleteChannel(th.ExternalID); err != nil {
		t.Fatal(err)
	}
	for n, id := range []string{th.ExternalID, ""} {
		th.ExternalID = id
		s := closing(r)
		s.DeliveryID += kefu.DeliveryID(rune('a' + n))
		if err := r.c.SendStatus(r.ctx, th, s); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(r.bot(room.ID)); n != 2 {
		t.Errorf("%d transcripts", n)
	}
}
