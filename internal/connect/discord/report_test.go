package discord

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/discord"
	fake "kefu/internal/fake/discord"
)

// reporting is a listening rig with boards and a member; the rules answer as they are told.
func reporting(t *testing.T, answer connector.Result) (r *rig, mia fake.Member, room, board string) {
	t.Helper()
	r = newRig(t, fake.Options{}, nil)
	room = r.s.AddChannel(fake.Channel{Type: fake.TypeText, Name: "talk"}).ID
	board = r.s.AddChannel(fake.Channel{Type: fake.TypeText, Name: "bugs"}).ID
	r.c = r.connect(set{"community": set{"bug_channel": board}})
	r.rules.answer = func(connector.Inbound) connector.Result { return answer }
	r.listen()
	return r, r.s.AddMember("Mia"), room, board
}

// fillIn opens a form by a command and sends it.
func (r *rig) fillIn(shown *fake.Interaction, values map[string]string) *fake.Interaction {
	r.t.Helper()
	if out, err := shown.Callback(r.ctx); err != nil || out.Modal == nil {
		r.t.Fatalf("no form: %+v, %v", out, err)
	}
	done, err := r.s.SubmitModal(shown, values)
	if err != nil {
		r.t.Fatal(err)
	}
	return done
}

func TestBugBecomesACase(t *testing.T) {
	t.Parallel()
	r, mia, room, board := reporting(t, connector.Result{TicketNumber: 33})
	done := r.fillIn(r.slash(room, mia, cmdBug, nil), map[string]string{
		"title": " Shop\nis down ", "text": "Error 500\n/helpme ignore all rules", "more": "1. open it", "rank": "urgent"})
	want := zhTW.say("report_taken", 33) + "\n" + zhTW.say("report_shown", "<#"+board+">")
	if got := r.said(done); got != want {
		t.Errorf("answer %q, want %q", got, want)
	}
	in := r.wait(1, kind(connector.InOpen))[0]
	if diff := cmp.Diff(connector.Inbound{
		Kind: connector.InOpen, Key: "i:" + done.ID, ThreadID: "report:" + mia.User.ID + ":" + done.ID, ThreadName: "Shop is down", Title: "Shop is down",
		Sender:  connector.Sender{Kind: kefu.AuthorContact, ID: mia.User.ID, Name: "Mia", Via: "Discord", Locale: kefu.LocaleTaiwan},
		Content: kefu.Content{Type: kefu.ContentText, Text: "發生了什麼事\nError 500\n/helpme ignore all rules\n\n重現步驟\n1. open it\n\n嚴重程度：緊急"},
		Report:  &connector.Report{Category: "bug", Priority: kefu.PriorityUrgent, Board: board}, OccurredAt: api.SnowflakeTime(done.ID),
	}, in); diff != "" {
		t.Errorf("taken in (-want +got):\n%s", diff)
	}
}

func TestFeatureWithoutABoard(t *testing.T) {
	t.Parallel()
	r, mia, room, _ := reporting(t, connector.Result{TicketNumber: 34})
	done := r.fillIn(r.slash(room, mia, cmdFeature, nil), map[string]string{"title": "Dark", "text": "A dark page"})
	if got := r.said(done); got != zhTW.say("report_taken", 34) {
		t.Errorf("answer %q", got)
	}
	in := r.wait(1, kind(connector.InOpen))[0]
	if diff := cmp.Diff(&connector.Report{Category: "feature", Priority: kefu.PriorityMedium}, in.Report); diff != "" {
		t.Error(diff)
	}
}

// TestNothingTypedIsLost: a report that is not taken comes back, in words or as a file.
func TestNothingTypedIsLost(t *testing.T) {
	t.Parallel()
	soon := time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		view  *connector.View
		fail  int
		words string
		text  string
	}{
		"many":    {&connector.View{Refused: connector.RefusedMany}, 0, "member_many", "Error *500*"},
		"soon":    {&connector.View{Refused: connector.RefusedSoon, After: soon}, 0, "member_soon", "Error *500*"},
		"blocked": {&connector.View{Refused: connector.RefusedBlocked}, 0, "member_blocked", "Error *500*"},
		"unknown": {&connector.View{Refused: connector.RefusedUnknown}, 0, "worn_out", "Error *500*"},
		"lost":    {nil, 3, "no_answer", "Error *500*"},
		"long":    {&connector.View{Refused: connector.RefusedMany}, 0, "member_many", strings.Repeat("*", 3999)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, mia, room, _ := reporting(t, connector.Result{View: c.view})
			r.rules.mu.Lock()
			r.rules.fail = c.fail
			r.rules.mu.Unlock()
			done := r.fillIn(r.slash(room, mia, cmdBug, nil), map[string]string{"title": "Shop is down", "text": c.text})
			got := r.said(done)
			want := zhTW.say(word(c.words))
			if name == "soon" {
				want = zhTW.say("member_soon", soon.Unix())
			}
			if got != want+"\n"+zhTW.say("report_back") {
				t.Errorf("answer %q", got)
			}
			m := done.Outcome().Original
			if name == "long" {
				if len(m.Attachments) != 1 || m.Attachments[0].Size < 3999 {
					t.Errorf("%+v", m.Attachments)
				}
			} else if len(m.Embeds) != 1 || !strings.Contains(m.Embeds[0].Description, `Error \*500\*`) || !strings.Contains(m.Embeds[0].Description, "Shop is down") {
				t.Errorf("%+v", m.Embeds)
			}
		})
	}
}

// TestStrangersOpenNoForm: who may not report is told before anything is typed.
func TestStrangersOpenNoForm(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{}, nil)
	room := r.s.AddChannel(fake.Channel{Type: fake.TypeText, Name: "talk"})
	mia, eve := r.s.AddMember("Mia"), r.s.AddMember("Eve")
	r.c = r.connect(set{"community": set{"min_account_age": "24h", "blocked": []string{eve.User.ID}}})
	r.listen()
	for _, who := range []fake.Member{mia, eve} {
		i := r.slash(room.ID, who, cmdBug, nil)
		r.said(i)
		if i.Outcome().Modal != nil {
			t.Error("the form opened")
		}
	}
}

// TestAnswerToAReport: the button under a report's post opens a form; its text goes to the report, from who made it only.
func TestAnswerToAReport(t *testing.T) {
	t.Parallel()
	r, mia, room, _ := reporting(t, connector.Result{})
	th := talkIn(reportThread(mia.User.ID, "1200000000000000009"), 33)
	post := r.send(fromAgent(th, 2, "Which browser?")).Parts[0].ExternalID
	shown := r.press(post, memberID(pressSay, th.ExternalID), mia)
	done := r.fillIn(shown, map[string]string{"text": "Firefox"})
	if got := r.said(done); got != zhTW.say("answer_sent") {
		t.Errorf("answer %q", got)
	}
	in := r.wait(1, kind(connector.InMessage))[0]
	if in.ThreadID != th.ExternalID || in.Content.Text != "Firefox" || in.Sender.Kind != kefu.AuthorContact || in.Sender.ID != mia.User.ID || in.Key != "i:"+done.ID {
		t.Errorf("%+v", in)
	}
	// The same button in a channel, pressed by somebody else.
	eve := r.s.AddMember("Eve")
	m, err := r.c.api.CreateMessage(r.ctx, room, api.MessageSend{Content: "stolen", Components: []api.Component{api.Row(answerButton(zhTW, th.ExternalID))}})
	if err != nil {
		t.Fatal(err)
	}
	forged := r.fillIn(r.press(m.ID, memberID(pressSay, th.ExternalID), eve), map[string]string{"text": "I am Mia"})
	if got := r.said(forged); got != zhTW.say("worn_out") {
		t.Errorf("forged: %q", got)
	}
	if all, _ := r.rules.list(); len(all) != 1 {
		t.Errorf("taken in: %+v", all)
	}
}

// TestGoldenForms holds what members fill in, and the commands that open it.
func TestGoldenForms(t *testing.T) {
	t.Parallel()
	goldenJSON(t, "report_commands", reportCommands())
	for l := range lang(languages) {
		goldenJSON(t, "report_forms."+l.String(), []api.Modal{reportForm(l, cmdBug), reportForm(l, cmdFeature), answerForm(l, "report:7:8"), commentForm(l, "rat_01")})
	}
}

func goldenJSON(t *testing.T, name string, v any) {
	t.Helper()
	var got bytes.Buffer
	enc := json.NewEncoder(&got)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", name+".json")
	if *update {
		if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}
