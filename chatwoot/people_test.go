package chatwoot_test

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"

	"kefu/chatwoot"
	fake "kefu/internal/fake/chatwoot"
)

func TestContacts(t *testing.T) {
	s, c := start(t, fake.Options{})
	made, err := c.CreateContact(t.Context(), chatwoot.NewContact{InboxID: fake.APIInbox, Name: "Lin", Email: "lin@example.com", Identifier: "k-1", CustomAttributes: chatwoot.Attributes{"tier": "gold"}})
	must(t, err)
	have(t, "inbox", made.ContactInboxes[0].Inbox.ID, fake.APIInbox)
	changed, err := c.UpdateContact(t.Context(), made.ID, chatwoot.ContactChange{Name: new("Lin Mei"), CustomAttributes: chatwoot.Attributes{"city": "Taipei"}})
	must(t, err)
	have(t, "name", changed.Name, "Lin Mei")
	got, err := c.Contact(t.Context(), made.ID)
	must(t, err)
	have(t, "e-mail stays", got.Email, "lin@example.com")
	have(t, "what this type does not know", strings.Contains(string(got.Raw), `"availability_status"`), true)
	have(t, "attributes are merged", got.CustomAttributes.Text("tier")+got.CustomAttributes.Text("city"), "goldTaipei")
	place, err := c.CreateContactInbox(t.Context(), made.ID, fake.WebInbox, "web-1")
	must(t, err)
	have(t, "source", place.SourceID, "web-1")
	places, err := c.ContactInboxes(t.Context(), made.ID)
	must(t, err)
	have(t, "places", len(places), 2)
	if _, err := c.CreateContact(t.Context(), chatwoot.NewContact{InboxID: fake.APIInbox, Identifier: "k-1"}); err == nil || !strings.Contains(err.Error(), "already been taken") {
		t.Errorf("a second contact of one identifier: %v", err)
	}
	if _, err := c.Contact(t.Context(), 9); !chatwoot.IsNotFound(err) {
		t.Errorf("no contact: %v", err)
	}
	if _, err := c.CreateContact(t.Context(), chatwoot.NewContact{}); !isInvalid(err, 1) {
		t.Errorf("no inbox: %v", err)
	}
	for range 20 {
		s.AddContact("Chen", "")
	}
	n := 0
	for _, err := range c.SearchContacts(t.Context(), "chen") {
		must(t, err)
		n++
	}
	have(t, "found on two pages", n, 20)
	s.ClearRequests()
	for _, err := range c.SearchContacts(t.Context(), " ") {
		if !isInvalid(err, 1) {
			t.Errorf("no words: %v", err)
		}
	}
	have(t, "requests", len(s.Requests()), 0)
}

// TestContactAnswers reads the shapes that the document shows and versions differ in.
func TestContactAnswers(t *testing.T) {
	s, c := start(t, fake.Options{})
	for _, body := range []string{`{"payload":[{"id":7}]}`, `{"id":7}`, `{"payload":{"id":7}}`, `{"payload":{"contact":{"id":7}}}`} {
		s.ClearFaults()
		s.Inject(fake.Fault{Kind: fake.FaultRaw, Body: body})
		got, err := c.UpdateContact(t.Context(), 7, chatwoot.ContactChange{})
		if err != nil || got.ID != 7 {
			t.Errorf("%s: %v", body, err)
		}
	}
	s.ClearFaults()
	id := s.AddContact("Lin", "l")
	s.Inject(fake.Fault{Kind: fake.FaultRaw, Method: "PUT", Status: 204})
	got, err := c.UpdateContact(t.Context(), id, chatwoot.ContactChange{Name: new("x")})
	must(t, err)
	have(t, "read after 204", got.ID, id)
}

func TestManage(t *testing.T) {
	s, c := start(t, fake.Options{})
	inboxes, err := c.Inboxes(t.Context())
	must(t, err)
	have(t, "inboxes", len(inboxes), 2)

	hook, err := c.CreateWebhook(t.Context(), chatwoot.WebhookChange{URL: "https://k.example.com/h", Name: "kefu", Subscriptions: []string{chatwoot.EventMessageCreated}})
	must(t, err)
	changed, err := c.UpdateWebhook(t.Context(), hook.ID, chatwoot.WebhookChange{Subscriptions: []string{chatwoot.EventTypingOn}})
	must(t, err)
	have(t, "address stays", changed.URL, hook.URL)
	hooks, err := c.Webhooks(t.Context())
	must(t, err)
	have(t, "subscription", hooks[0].Subscriptions[0], chatwoot.EventTypingOn)
	must(t, c.DeleteWebhook(t.Context(), hook.ID))
	if err := c.DeleteWebhook(t.Context(), hook.ID); !chatwoot.IsNotFound(err) {
		t.Errorf("deleted twice: %v", err)
	}

	bot, err := c.CreateAgentBot(t.Context(), chatwoot.AgentBotChange{Name: "kefu"})
	must(t, err)
	_, err = c.UpdateAgentBot(t.Context(), bot.ID, chatwoot.AgentBotChange{OutgoingURL: "https://k.example.com/b"})
	must(t, err)
	must(t, c.SetAgentBot(t.Context(), fake.APIInbox, bot.ID))
	conv, err := c.Conversation(t.Context(), talk(t, s))
	must(t, err)
	have(t, "a bot has it first", conv.Status, chatwoot.Pending)
	bots, err := c.AgentBots(t.Context())
	must(t, err)
	have(t, "bot", bots[0].OutgoingURL, "https://k.example.com/b")
	must(t, c.DeleteAgentBot(t.Context(), bot.ID))
}

func TestFiles(t *testing.T) {
	s, c := start(t, fake.Options{Token: secretToken})
	id := talk(t, s)
	picture := append([]byte("\x89PNG\r\n\x1a\n"), bytes.Repeat([]byte{7}, 5000)...)
	m, err := c.SendFiles(t.Context(), id, chatwoot.Message{Content: "look", EchoID: "e"},
		chatwoot.File{Name: `a"b.png`, ContentType: "image/png", Body: bytes.NewReader(picture)}, chatwoot.File{Name: "../b.txt", Body: strings.NewReader("words")})
	must(t, err)
	have(t, "files", len(m.Attachments), 2)
	plain := m.Attachments[1].DataURL
	form := string(s.Requests()[len(s.Requests())-1].Body)
	have(t, "kinds", strings.Count(form, "Content-Type: image/png")+strings.Count(form, "Content-Type: application/octet-stream"), 2)
	nameless, err := c.SendFiles(t.Context(), id, chatwoot.Message{}, chatwoot.File{Body: strings.NewReader("x")})
	must(t, err)
	have(t, "a file without a name", strings.HasSuffix(nameless.Attachments[0].DataURL, "-file") && strings.HasSuffix(plain, "-b.txt"), true)
	have(t, "words", m.Content+m.EchoID, "looke")
	s.ClearRequests()
	d, err := c.Download(t.Context(), m.Attachments[0].DataURL, 1<<20)
	must(t, err)
	got, err := io.ReadAll(d.Body)
	must(t, err)
	must(t, d.Body.Close())
	have(t, "picture", bytes.Equal(got, picture), true)
	have(t, "type", d.ContentType, "image/png")
	for _, q := range s.Requests() {
		if strings.Contains(strings.Join(q.Header.Values("Api_access_token"), ""), secretToken) {
			t.Error("the token went to the place of the files")
		}
	}
	for file, limit := range []int64{100, 3} { // the first has no length, the second says it
		if err := drain(c.Download(t.Context(), m.Attachments[file].DataURL, limit)); !errors.Is(err, chatwoot.ErrTooLarge) {
			t.Errorf("file %d over the cap: %v", file, err)
		}
	}
	must(t, drain(c.Download(t.Context(), m.Attachments[0].DataURL, int64(len(picture)))))
	must(t, drain(c.Download(t.Context(), m.Attachments[1].DataURL, int64(len("words")))))
	if _, err := c.Download(t.Context(), m.Attachments[1].DataURL, 3); !errors.Is(err, chatwoot.ErrTooLarge) { // before a byte is read
		t.Errorf("a length over the cap: %v", err)
	}
	if _, err := c.Download(t.Context(), m.Attachments[0].DataURL+"x", 100); !chatwoot.IsNotFound(err) {
		t.Errorf("not there: %v", err)
	}
	if _, err := c.Download(t.Context(), "file:///etc/passwd", 100); !isInvalid(err, 1) {
		t.Errorf("a file of this machine: %v", err)
	}
	if _, err := c.SendFiles(t.Context(), id, chatwoot.Message{}); !isInvalid(err, 1) {
		t.Errorf("no files: %v", err)
	}
	s.Inject(fake.Fault{Kind: fake.FaultCutOff, Path: regexp.MustCompile("^/nothing")})
	_, err = c.SendFiles(t.Context(), id, chatwoot.Message{}, chatwoot.File{Name: "big", Body: io.LimitReader(zeros{}, chatwoot.MaxFile+1)})
	if !errors.Is(err, chatwoot.ErrTooLarge) {
		t.Errorf("a file over the limit: %v", err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func drain(d *chatwoot.Download, err error) error {
	if err != nil {
		return err
	}
	defer d.Body.Close()
	_, err = io.Copy(io.Discard, d.Body)
	return err
}
