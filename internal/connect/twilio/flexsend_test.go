package twilio

import (
	"bytes"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/connectortest"
	fake "kefu/internal/fake/twilio"
	api "kefu/internal/twilio"
)

func TestWhoSpeaksAtTheDesk(t *testing.T) {
	r := newRig(t, nil)
	th := r.opened()
	note := from(th, "2", kefu.Author{Kind: kefu.AuthorAgent, Name: "小美", Via: "Discord"}, "他在生氣")
	note.Message.Private = true
	for _, out := range []connector.Outbound{
		from(th, "1", customer(), "我的訂單呢?"), note,
		from(th, "3", kefu.Author{Kind: kefu.AuthorAgent, Name: "小美", Via: "Discord"}, "我看一下"),
		from(th, "4", kefu.Author{Kind: kefu.AuthorBot, Name: "小幫手"}, "已出貨"),
	} {
		r.send(out)
	}
	var got []string
	for _, m := range r.conversation(th).Messages {
		got = append(got, m.Author+"|"+m.Body)
	}
	want := []string{"ctc_7|我的訂單呢?", "Kefu|📝 內部備註・小美・Discord\n他在生氣", "Kefu|👤 小美・Discord\n我看一下", "Kefu|🤖 小幫手\n已出貨"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, q := range r.Requests() {
		if strings.HasSuffix(q.Path, "/Messages") && q.Method == http.MethodPost && q.Header.Get("X-Twilio-Webhook-Enabled") != "true" {
			t.Errorf("flows of Studio are not told of %s", q.Body)
		}
	}
}

func TestTheOpeningCardIsOnePart(t *testing.T) {
	r := newRig(t, nil)
	th := r.opened()
	out := from(th, "1", customer(), "我的訂單呢?")
	out.Card = &connector.Card{Ticket: kefu.Ticket{Number: 33}, Subject: "訂單 5 號"}
	for range 40 {
		out.Card.Orders = append(out.Card.Orders, kefu.Order{ID: "20260304-5", Currency: "TWD", Items: []kefu.OrderItem{{Name: "龍紋杯", Quantity: 2}}})
	}
	r.send(out)
	list := r.conversation(th).Messages
	if len(list) != 2 || !strings.HasPrefix(list[0].Body, "🎫 客服單 #33\n主旨：訂單 5 號\n顧客：王小明 <ming@example.com>") || !strings.Contains(list[0].Body, "20260304-5") ||
		list[1].Body != "我的訂單呢?" {
		t.Errorf("the conversation has %+v", list)
	}
}

func TestFilesGoToTheDesk(t *testing.T) {
	r := newRig(t, nil)
	th := r.opened()
	files, _ := r.deps.Files.(*connectortest.Files)
	picture := files.Put("杯.png", []byte("\x89PNG\r\n\x1a\npicture"))
	large := picture
	large.Size = maxMedia + 1
	lost := kefu.Attachment{Name: "gone.pdf", Type: "application/pdf", SHA256: strings.Repeat("0", 64), Size: 5}
	out := from(th, "1", customer(), "看")
	out.Message.Content.Attachments = []kefu.Attachment{picture, large, lost}
	if got := r.send(out); len(got.Parts) != 4 {
		t.Errorf("parts %+v", got.Parts)
	}
	list := r.conversation(th).Messages
	if len(list) != 4 || !bytes.Equal(list[1].File, []byte("\x89PNG\r\n\x1a\npicture")) {
		t.Fatalf("the conversation has %+v", list)
	}
	if !strings.Contains(list[2].Body, "https://kefu.example/files/") || list[2].File != nil || !strings.Contains(list[3].Body, "gone.pdf") {
		t.Errorf("in place of files stand %q and %q", list[2].Body, list[3].Body)
	}
}

func TestALostFileIsNotSentTwice(t *testing.T) {
	for name, path := range map[string]string{"upload": `/Media$`, "message": `/Messages$`} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, nil)
			th := r.opened()
			files, _ := r.deps.Files.(*connectortest.Files)
			out := from(th, "1", customer(), "看")
			out.Message.Content.Attachments = []kefu.Attachment{files.Put("a.txt", []byte("text"))}
			skip := map[string]int{"upload": 0, "message": 1}[name]
			r.Inject(fake.Fault{Kind: fake.FaultCut, Method: http.MethodPost, Path: regexp.MustCompile(path), Count: 1, Skip: skip})
			got, err := r.c.Send(t.Context(), out)
			want := map[string]connector.Class{"upload": connector.Retryable, "message": connector.Uncertain}[name]
			if connector.Failure(err).Class != want || len(got.Parts) != 1 {
				t.Fatalf("class of %v, want %s; parts %+v", err, want, got.Parts)
			}
			out.Known, out.Unsure, out.UnsureSince = got.Parts, true, time.Now()
			r.send(out)
			if list := r.conversation(th).Messages; len(list) != 2 || string(list[1].File) != "text" {
				t.Errorf("the conversation has %+v", list)
			}
		})
	}
}

func TestWhatIsClosedIsGone(t *testing.T) {
	r := newRig(t, nil)
	th := r.opened()
	if err := r.AgentCloses(th.ExternalID); err != nil {
		t.Fatal(err)
	}
	for _, status := range []int{http.StatusBadRequest, http.StatusForbidden, http.StatusConflict, http.StatusUnprocessableEntity} { // it is not documented
		remove := r.Inject(fake.Fault{Kind: fake.FaultError, Method: http.MethodPost, Status: status, Code: 50377})
		if _, err := r.c.Send(t.Context(), from(th, "1", customer(), "還在嗎")); connector.Failure(err).Class != connector.Gone {
			t.Errorf("with %d: got %v, want %s", status, err, connector.Gone)
		}
		failed := connector.Mark{DeliveryID: "dlv_2_m", Thread: th, State: connector.MarkFailed, Reason: "x"}
		if err := r.c.Mark(t.Context(), failed); err != nil {
			t.Errorf("with %d: nobody can be told: %v", status, err)
		}
		remove()
	}
	o := opening()
	o.LinkID = "lnk_2"
	open := must[connector.Thread](t)(r.c.Open(t.Context(), o))
	r.Inject(fake.Fault{Kind: fake.FaultError, Method: http.MethodPost, Path: messagesPath, Status: http.StatusForbidden, Code: 20003})
	if _, err := r.c.Send(t.Context(), from(open, "3", customer(), "hello")); connector.Failure(err).Class != connector.Retryable {
		t.Errorf("a right that is missing: %v", err)
	}
}

func TestATextThatTwilioRefusesIsFinal(t *testing.T) {
	r := newRig(t, nil)
	th := r.opened()
	r.Inject(fake.Fault{Kind: fake.FaultError, Method: http.MethodPost, Path: regexp.MustCompile(`/Messages$`), Status: http.StatusBadRequest, Code: 20001, Count: 1})
	if _, err := r.c.Send(t.Context(), from(th, "1", customer(), "hello")); connector.Failure(err).Class != connector.Permanent {
		t.Errorf("got %v, want %s", err, connector.Permanent)
	}
}

func TestChineseOfAnyLengthArrivesWhole(t *testing.T) {
	r := newRig(t, nil)
	th := r.opened()
	text := strings.Repeat("訂單還沒有到。", 700)
	r.send(from(th, "1", customer(), text))
	var all strings.Builder
	for _, m := range r.conversation(th).Messages {
		if api.TextLength(m.Body) > api.MaxText {
			t.Errorf("a part has %d characters", api.TextLength(m.Body))
		}
		all.WriteString(m.Body)
	}
	if all.String() != text {
		t.Error("the parts are not the text")
	}
}
