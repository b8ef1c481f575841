package twilio_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	oracle "github.com/twilio/twilio-go/client"
	conversations "github.com/twilio/twilio-go/rest/conversations/v1"

	"kefu/internal/fake/twilio"
)

// code is the code of Twilio's client's error.
func code(t *testing.T, err error) int {
	t.Helper()
	var e *oracle.TwilioRestError
	if !errors.As(err, &e) {
		t.Fatalf("%v is no error of Twilio", err)
	}
	return e.Code
}

// TestTwilioGo has Twilio's own client do what Kefu's does.
func TestTwilioGo(t *testing.T) {
	e := newEar(t)
	s, api := start(t, twilio.Options{})
	n, err := api.CreateConversation((&conversations.CreateConversationParams{}).SetUniqueName("lnk_1").SetAttributes(`{"a":1}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err = api.CreateConversation((&conversations.CreateConversationParams{}).SetUniqueName("lnk_1")); code(t, err) != 50353 {
		t.Error(err)
	}
	if _, err = api.CreateConversation((&conversations.CreateConversationParams{}).SetAttributes(`{"a"`)); code(t, err) != 20001 {
		t.Error(err)
	}
	if byName, err := api.FetchConversation("lnk_1"); err != nil || *byName.Sid != *n.Sid || *byName.State != "active" || byName.DateCreated == nil {
		t.Errorf("%+v, %v", byName, err)
	}
	hook := (&conversations.CreateConversationScopedWebhookParams{}).SetTarget("webhook").SetConfigurationUrl(e.url).SetConfigurationMethod("post").SetConfigurationFilters([]string{"onMessageAdded"})
	for range 5 {
		if _, err := api.CreateConversationScopedWebhook(*n.Sid, hook); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := api.CreateConversationScopedWebhook(*n.Sid, hook); code(t, err) != 20409 {
		t.Error("a sixth webhook was made")
	}
	who := (&conversations.CreateConversationParticipantParams{}).SetIdentity("contact-7")
	if _, err := api.CreateConversationParticipant(*n.Sid, who); err != nil {
		t.Fatal(err)
	}
	if _, err := api.CreateConversationParticipant(*n.Sid, who); code(t, err) != 50433 {
		t.Error(err)
	}
	for _, enabled := range []string{"false", "true"} {
		p := (&conversations.CreateConversationMessageParams{}).SetAuthor("contact-7").SetBody(enabled).SetXTwilioWebhookEnabled(enabled)
		if m, err := api.CreateConversationMessage(*n.Sid, p); err != nil || *m.Author != "contact-7" || m.ParticipantSid == nil {
			t.Fatalf("%+v, %v", m, err)
		}
	}
	if h := e.next(t); h.form.Get("Body") != "true" || !h.good || h.form.Get("Source") != "API" {
		t.Errorf("heard %v", h)
	}
	list, err := api.ListConversationMessage(*n.Sid, (&conversations.ListConversationMessageParams{}).SetPageSize(1))
	if err != nil || len(list) != 2 || list[1].Index != 1 {
		t.Errorf("%d messages, %v", len(list), err)
	}
	if _, err := api.UpdateConversation(*n.Sid, (&conversations.UpdateConversationParams{}).SetState("closed")); err != nil {
		t.Fatal(err)
	}
	if _, err := api.CreateConversationMessage(*n.Sid, (&conversations.CreateConversationMessageParams{}).SetBody("x")); code(t, err) != 50377 {
		t.Error("a closed conversation took a message")
	}
	if got, _ := s.Conversation("lnk_1"); len(got.Messages) != 2 || got.State != "closed" {
		t.Errorf("kept %+v", got)
	}
}

func TestRules(t *testing.T) {
	s, api := start(t, twilio.Options{MaxParticipants: 2})
	n, err := api.CreateConversation(&conversations.CreateConversationParams{})
	if err != nil {
		t.Fatal(err)
	}
	other, err := api.CreateConversation(&conversations.CreateConversationParams{})
	if err != nil {
		t.Fatal(err)
	}
	bind := func(address string) *conversations.CreateConversationParticipantParams {
		return (&conversations.CreateConversationParticipantParams{}).SetMessagingBindingAddress(address).SetMessagingBindingProxyAddress(ours)
	}
	if _, err := api.CreateConversationParticipant(*n.Sid, bind(phone)); err != nil {
		t.Fatal(err)
	}
	if _, err := api.CreateConversationParticipant(*other.Sid, bind(phone)); code(t, err) != 50416 {
		t.Error("one phone in two open conversations")
	}
	if _, err := api.CreateConversationParticipant(*n.Sid, bind("+886900000001")); err != nil {
		t.Fatal(err)
	}
	if _, err := api.CreateConversationParticipant(*n.Sid, bind("+886900000002")); code(t, err) != 20001 {
		t.Error("too many participants")
	}
	if _, err := api.CreateConversationMessage(*n.Sid, &conversations.CreateConversationMessageParams{}); code(t, err) != 20001 {
		t.Error("an empty message was taken")
	}
	if err := s.AgentCloses(*n.Sid); err != nil {
		t.Fatal(err)
	}
	if _, err := api.CreateConversationParticipant(*other.Sid, bind(phone)); err != nil {
		t.Errorf("the phone of a closed conversation: %v", err)
	}
}

func TestAddressesOfFilesDie(t *testing.T) {
	clock := time.Now()
	s, _ := start(t, twilio.Options{Now: func() time.Time { return clock }})
	url := s.URL() + "/v1/Services/" + s.Options().Service + "/Media"
	var m struct {
		Links struct {
			Temporary string `json:"content_direct_temporary"`
		} `json:"links"`
	}
	if status, body := ask(t, s, http.MethodPost, url, "PNG"); status != http.StatusCreated || json.Unmarshal(body, &m) != nil {
		t.Fatalf("%d %s", status, body)
	}
	if status, body := ask(t, nil, http.MethodGet, m.Links.Temporary, ""); status != http.StatusOK || string(body) != "PNG" {
		t.Errorf("%d %s", status, body)
	}
	clock = clock.Add(s.Options().MediaLifetime + time.Second)
	if status, _ := ask(t, nil, http.MethodGet, m.Links.Temporary, ""); status != http.StatusForbidden {
		t.Errorf("a dead address answered %d", status)
	}
}

func TestRetiredIsAViolation(t *testing.T) {
	s, _ := start(t, twilio.Options{})
	for _, path := range []string{"/v1/Channels", "/v1/FlexFlows", "/v1/WebChannels", "/v2/Services/IS1/Channels"} {
		if status, _ := ask(t, s, http.MethodPost, s.URL()+path, ""); status != http.StatusNotFound {
			t.Errorf("%s answered %d", path, status)
		}
	}
	if n := len(s.Violations()); n != 4 {
		t.Errorf("%d violations", n)
	}
	if status, _ := ask(t, nil, http.MethodGet, s.URL()+"/v1/Conversations/CH1", ""); status != http.StatusUnauthorized {
		t.Errorf("without credentials: %d", status)
	}
}

func TestControl(t *testing.T) {
	s, _ := start(t, twilio.Options{})
	if status, body := ask(t, nil, http.MethodPost, s.URL()+"/control/text", `{"address":"+886912345678","proxy":"+15005550006","text":"哈囉"}`); status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	if status, body := ask(t, nil, http.MethodPost, s.URL()+"/control/fault", `{"kind":"limit","path":"Conversations","count":1}`); status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	if status, _ := ask(t, s, http.MethodPost, s.URL()+"/v1/Conversations", ""); status != http.StatusTooManyRequests {
		t.Errorf("the fault did not fire: %d", status)
	}
	if status, body := ask(t, nil, http.MethodGet, s.URL()+"/control/state", ""); status != http.StatusOK || !bytes.Contains(body, []byte("哈囉")) {
		t.Errorf("%d %s", status, body)
	}
	if status, _ := ask(t, nil, http.MethodPost, s.URL()+"/control/fault", `{"kind":"no such"}`); status != http.StatusBadRequest {
		t.Errorf("an unknown fault: %d", status)
	}
}

// TestHookBeforeAnswer has a webhook that was answered before the call that set it off is.
func TestHookBeforeAnswer(t *testing.T) {
	e := newEar(t)
	s, api := start(t, twilio.Options{ServiceHook: e.url})
	s.Inject(twilio.Fault{Kind: twilio.HookBeforeAnswer})
	if _, err := api.CreateConversation((&conversations.CreateConversationParams{}).SetXTwilioWebhookEnabled("true")); err != nil {
		t.Fatal(err)
	}
	if len(e.got) != 1 || len(s.SentHooks()) != 1 {
		t.Errorf("%d webhooks had come before the answer", len(e.got))
	}
}

// ask makes a plain request, with the credentials of s if it is not nil.
func ask(t *testing.T, s *twilio.Server, method, url, body string) (int, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if s != nil {
		req.SetBasicAuth(s.Options().Account, s.Options().AuthToken)
	}
	c := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, b
}
