package chatwoot

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"kefu"
	api "kefu/chatwoot"
	"kefu/internal/connector"
	"kefu/internal/connectortest"
	fake "kefu/internal/fake/chatwoot"
)

func (r *rig) put(name string, body []byte) kefu.Attachment {
	files, _ := r.deps.Files.(*connectortest.Files)
	return files.Put(name, body)
}

var png = []byte("\x89PNG\r\n\x1a\n a small picture")

func TestDeskSeesWhoWrites(t *testing.T) {
	r := newRig(t, nil)
	th := r.desk("a")
	out := outbound(th, "1", kefu.AuthorContact, kefu.Content{Text: "where is **my** order?"})
	out.Card = &connector.Card{Ticket: kefu.Ticket{Number: 7}, Subject: "Late parcel", Orders: []kefu.Order{{ID: "A-1", Status: "shipped", TotalAmount: "12.00", Currency: "USD"}}}
	out.Customer = opening("a").Customer
	got := r.send(out)
	if len(got.Parts) != 2 || got.Parts[1].N != 1 {
		t.Errorf("receipt %+v", got)
	}
	r.send(outbound(th, "2", kefu.AuthorAgent, kefu.Content{Text: "[@Mei](mention://user/11/Mei) look"}))
	r.send(outbound(th, "3", kefu.AuthorSystem, kefu.Content{Text: "an event"}))
	same(t, "in public", r.public(th), []string{"incoming: where is **my** order?"})
	for _, m := range talkOf(r.s, th).Messages {
		if m.Kind == "incoming" && m.SourceID != "kefu:dlv_1#1" {
			t.Errorf("the customer's message has source id %q", m.SourceID)
		}
	}
	notes := r.notes(th)
	if len(notes) != 3 {
		t.Fatalf("notes: %q", notes)
	}
	for i, words := range [][]string{{"Ticket #7", "Late parcel", "DemoUser", "a@example.com", "A-1", "12.00"}, {"**小美** (Discord)", "look"}, {"an event"}} {
		for _, w := range words {
			if !strings.Contains(strings.ReplaceAll(notes[i], `\`, ""), w) {
				t.Errorf("note %d has no %q: %q", i, w, notes[i])
			}
		}
	}
	if strings.Contains(notes[1], "mention://") {
		t.Errorf("somebody is called: %q", notes[1])
	}
	same(t, "nothing comes back", texts(r.look(&th)), []string(nil))
}

func TestCardIsNotDoubled(t *testing.T) {
	r := newRig(t, nil)
	th := r.desk("a")
	out := outbound(th, "1", kefu.AuthorContact, kefu.Content{Text: "hello"})
	out.Card = &connector.Card{Subject: "Late parcel"}
	r.s.Inject(fake.Fault{Kind: fake.FaultCut, Method: http.MethodPost, Path: regexp.MustCompile(`/messages$`), Skip: 1, Count: 1})
	got, err := r.c.Send(t.Context(), out)
	if connector.Failure(err).Class != connector.Uncertain || len(got.Parts) != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	out.Unsure, out.UnsureSince, out.Known = true, time.Now(), got.Parts
	if got := r.send(out); len(got.Parts) != 2 || !got.Found {
		t.Errorf("%+v", got)
	}
	if len(r.notes(th)) != 1 || len(r.public(th)) != 1 {
		t.Errorf("%q, %q", r.notes(th), r.public(th))
	}
}

func TestFilesBothWays(t *testing.T) {
	r := newRig(t, nil)
	th := r.desk("a")
	id := numberOf(th.ExternalID)
	picture := r.put("cat.png", png)
	r.send(outbound(th, "1", kefu.AuthorContact, kefu.Content{Text: "look", Attachments: []kefu.Attachment{picture, {Name: "lost.pdf"}}}))
	r.send(outbound(th, "2", kefu.AuthorContact, kefu.Content{Type: kefu.ContentImage, Attachments: []kefu.Attachment{picture}}))
	var sent []fake.Said
	for _, m := range talkOf(r.s, th).Messages {
		if m.Kind == "incoming" {
			sent = append(sent, m)
		}
	}
	if len(sent) != 2 || len(sent[0].Files) != 1 || !bytes.Equal(sent[0].Files[0].Body, png) || len(sent[1].Files) != 1 {
		t.Fatalf("sent %+v", sent)
	}
	if !strings.HasPrefix(sent[0].Content, "look\n") || !strings.Contains(sent[0].Content, "lost.pdf") {
		t.Errorf("text %q", sent[0].Content)
	}
	must[int64](t)(r.s.Say(id, fake.Agent, "", fake.File{Name: "label.png", Body: png}))
	list := r.look(&th)
	if len(list) != 1 || list[0].Content.Type != kefu.ContentImage || len(list[0].Content.Attachments) != 1 || list[0].Content.Attachments[0].SHA256 != picture.SHA256 {
		t.Fatalf("taken in: %+v", list)
	}
	must[int64](t)(r.s.Say(id, fake.Agent, "with a file", fake.File{Name: "gone.png", Body: png}))
	r.s.Inject(fake.Fault{Kind: fake.FaultRaw, Status: http.StatusNotFound, Path: regexp.MustCompile(`^/rails/`)})
	list = r.look(&th)
	if len(list) != 1 || len(list[0].Content.Attachments) != 1 || list[0].Content.Attachments[0].URL == "" || len(list[0].Notes) != 1 {
		t.Errorf("what cannot be copied: %+v", list)
	}
}

func TestManyFilesAreParted(t *testing.T) {
	r := newRig(t, nil)
	th := r.desk("a")
	var files []kefu.Attachment
	for range 23 {
		files = append(files, r.put("cat.png", png))
	}
	got := r.send(outbound(th, "1", kefu.AuthorContact, kefu.Content{Text: "look", Attachments: files}))
	same(t, "parts", len(got.Parts), 3)
}

// shown are the contents that there are, for the goldens and for what comes back.
func shown() map[string]kefu.Content {
	return map[string]kefu.Content{
		"order": {Type: kefu.ContentOrderCard, Order: &kefu.Order{ID: "A-1", Status: "shipped", TotalAmount: "1200", Currency: "TWD", URL: "https://shop.example/order/1",
			Items: []kefu.OrderItem{{Name: "杯子 <b>", Quantity: 2, Price: "600", ImageURL: "https://shop.example/cup.png"}}, Logistics: &kefu.OrderParcel{Carrier: "黑貓", TrackingNumber: "906"}}},
		"form": {Type: kefu.ContentForm, Text: "Your size", Form: &kefu.Form{Title: "Size", Fields: []kefu.FormField{
			{Name: "mail", Label: "E-mail", Type: kefu.FieldEmail, Required: true, Placeholder: "you@example.com"},
			{Name: "size", Label: "Size", Type: kefu.FieldSelect, Options: []kefu.Choice{{Label: "Large", Value: "L"}, {Label: "Small", Value: "S"}}},
			{Name: "why", Label: "Why", Type: kefu.FieldArea}}}},
		"step": {Type: kefu.ContentForm, Form: &kefu.Form{Title: "Size", Step: 1, Fields: []kefu.FormField{{Name: "mail", Label: "E-mail", Type: kefu.FieldEmail, Required: true}}}},
		"choice": {Type: kefu.ContentChoice, Text: "Solved?", Choices: []kefu.Choice{{Label: "Yes", Value: "yes"}, {Label: "No", Value: "no"},
			{Label: "Help pages", URL: "https://shop.example/help"}}},
		"links":   {Type: kefu.ContentText, Text: "Read on", Choices: []kefu.Choice{{Label: "Help pages", URL: "https://shop.example/help"}}},
		"article": {Type: kefu.ContentArticle, Text: "This may help", Articles: []kefu.ArticleCard{{Title: "Returns", Excerpt: "Within 14 days", URL: "https://shop.example/returns"}, {Title: "Inside"}}},
		"answer":  {Type: kefu.ContentForm, Text: "Size: Large", Answer: &kefu.Answer{Values: []kefu.AnswerValue{{Name: "size", Label: "Size", Value: "L", Shown: "Large"}}}},
	}
}

// TestRich sends every content to a customer in each language, as Chatwoot's own rules take it, and compares it with testdata.
func TestRich(t *testing.T) {
	type sent struct {
		ContentType, Content string
		Items                any `json:",omitempty"`
	}
	for name, content := range shown() {
		all := map[string][]sent{}
		for _, rich := range []bool{true, false} {
			for _, lang := range []kefu.Locale{"zh-TW", "zh-CN", "en"} {
				r := newRig(t, map[string]any{"inbox_id": fake.WebInbox, "rich": rich})
				th, _ := r.channel(fake.WebInbox)
				out := outbound(th, "1", kefu.AuthorAgent, content)
				out.Customer.Locale = lang
				r.send(out)
				key := map[bool]string{true: "rich ", false: "text "}[rich] + string(lang)
				for _, m := range talkOf(r.s, th).Messages {
					all[key] = append(all[key], sent{m.ContentType, m.Content, m.Attributes["items"]})
				}
			}
		}
		golden(t, name, all)
	}
}

func golden(t *testing.T, name string, v any) {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", name+".json")
	if *update {
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; -update writes it", err)
	}
	same(t, name+" is not what comes out; -update writes it anew", b.String(), string(want))
}

func TestFormComesBack(t *testing.T) {
	r := newRig(t, map[string]any{"inbox_id": fake.WebInbox})
	th, id := r.channel(fake.WebInbox)
	form := r.send(outbound(th, "1", kefu.AuthorAgent, shown()["form"])).Parts[1]
	pick := r.send(outbound(th, "2", kefu.AuthorAgent, shown()["choice"])).Parts[0]
	same(t, "nothing yet", texts(r.look(&th)), []string{"standing: open"}) // which brings the first cursor
	r.ahead(time.Hour)                                                     // nothing that a list tells changes when the hook of an answer is lost
	same(t, "looked at all the same", must[[]string](t)(r.c.Changed(t.Context(), r.deps.Now())), []string{th.ExternalID})
	if err := r.s.CustomerSubmits(id, numberOf(form.ExternalID), map[string]string{"mail": "demo@example.com", "size": "L", "why": "too small"}); err != nil {
		t.Fatal(err)
	}
	if err := r.s.CustomerPicks(id, numberOf(pick.ExternalID), "no"); err != nil {
		t.Fatal(err)
	}
	list := r.look(&th)
	if len(list) != 2 {
		t.Fatalf("taken in: %+v", list)
	}
	same(t, "form", list[0].Filled, map[string]string{"mail": "demo@example.com", "size": "L", "why": "too small"})
	same(t, "choice", list[1].Filled, map[string]string{kefu.ChoiceField: "no"})
	for i, part := range []connector.Part{form, pick} {
		in := list[i]
		if in.AnswerTo != part.ExternalID || in.Sender.Kind != kefu.AuthorContact || in.Key != "submit:"+part.ExternalID || in.Content.Text == "" {
			t.Errorf("answer %d: %+v", i, in)
		}
	}
	same(t, "once", texts(r.look(&th)), []string(nil))
	same(t, "what is still asked", r.c.known.asking(r.deps.Now()), []string(nil))
	cold := r.build(map[string]any{"inbox_id": fake.WebInbox})
	r.c = cold
	again := r.look(&th)
	if len(again) != 2 || again[0].Key != list[0].Key || again[1].Key != list[1].Key {
		t.Errorf("after a restart: %+v", again)
	}
}

func TestAgentsOwnFormsAreForms(t *testing.T) {
	r := newRig(t, nil)
	th := r.desk("a")
	id := numberOf(th.ExternalID)
	must[int64](t)(r.s.SendForm(id, fake.Agent, "Your size", "form", map[string]any{"name": "size", "label": "Size", "type": "select",
		"options": []any{map[string]any{"label": "Large", "value": "L"}}}))
	must[int64](t)(r.s.SendForm(id, fake.Agent, "Solved?", "input_select", map[string]any{"title": "Yes", "value": "yes"}))
	must[int64](t)(r.s.SendForm(id, fake.Agent, "Look", "cards", map[string]any{"title": "Cup", "actions": []any{map[string]any{"type": "link", "text": "Buy", "uri": "https://shop.example/cup"}}}))
	must[int64](t)(r.s.SendForm(id, fake.Agent, "Read", "article", map[string]any{"title": "Returns", "description": "14 days", "link": "https://shop.example/r"}))
	list := r.look(&th)
	if len(list) != 4 {
		t.Fatalf("taken in: %+v", list)
	}
	same(t, "form", list[0].Content, kefu.Content{Type: kefu.ContentForm, Text: "Your size", Form: &kefu.Form{Fields: []kefu.FormField{
		{Name: "size", Label: "Size", Type: kefu.FieldSelect, Required: true, Options: []kefu.Choice{{Label: "Large", Value: "L"}}}}}})
	same(t, "choice", list[1].Content, kefu.Content{Type: kefu.ContentChoice, Text: "Solved?", Choices: []kefu.Choice{{Label: "Yes", Value: "yes"}}})
	same(t, "card", list[2].Content, kefu.Content{Type: kefu.ContentText, Text: "Look\nCup\nBuy https://shop.example/cup"})
	same(t, "article", list[3].Content, kefu.Content{Type: kefu.ContentArticle, Text: "Read", Articles: []kefu.ArticleCard{{Title: "Returns", Excerpt: "14 days", URL: "https://shop.example/r"}}})
}

// TestADeskFillsInNothing: what is filled into an agent's form in a desk's own conversation is nobody's answer, and a select whose options
// cannot be told apart is a text.
func TestADeskFillsInNothing(t *testing.T) {
	r := newRig(t, nil)
	th := r.desk("a")
	id := numberOf(th.ExternalID)
	form := must[int64](t)(r.s.SendForm(id, fake.Agent, "Your size", "form", map[string]any{"name": "size", "label": "Size", "type": "text"}))
	if err := r.s.CustomerSubmits(id, form, map[string]string{"size": "L"}); err != nil {
		t.Fatal(err)
	}
	must[int64](t)(r.s.SendForm(id, fake.Agent, "Solved?", "input_select", map[string]any{"title": "Yes", "value": "y"}, map[string]any{"title": "Yes!", "value": "y"}))
	must[int64](t)(r.s.SendForm(id, fake.Agent, "Sure?", "input_select", map[string]any{"title": "Yes", "value": ""}))
	list := r.look(&th)
	if len(list) != 3 || list[0].Filled != nil {
		t.Fatalf("taken in: %+v", list)
	}
	same(t, "alike", list[1].Content, kefu.Content{Type: kefu.ContentText, Text: "Solved?\n• Yes\n• Yes!"})
	same(t, "empty", list[2].Content, kefu.Content{Type: kefu.ContentText, Text: "Sure?\n• Yes"})
}

func TestChannelHasNoSourceID(t *testing.T) {
	r := newRig(t, map[string]any{"inbox_id": fake.WebInbox, "bot_token": "bot-token"})
	th, _ := r.channel(fake.WebInbox)
	picture := r.put("cat.png", png)
	r.send(outbound(th, "1", kefu.AuthorAgent, kefu.Content{Text: "an agent's"}))
	r.send(outbound(th, "2", kefu.AuthorBot, kefu.Content{Text: "the bot's"}))
	r.send(outbound(th, "3", kefu.AuthorAgent, kefu.Content{Text: "a picture", Attachments: []kefu.Attachment{picture}}))
	note := outbound(th, "4", kefu.AuthorAgent, kefu.Content{Text: "secret"})
	note.Message.Private = true
	if _, err := r.c.Send(t.Context(), note); connector.Failure(err).Class != connector.Permanent {
		t.Errorf("a note: %v", err)
	}
	var who []string
	for _, m := range talkOf(r.s, th).Messages {
		who = append(who, m.Sender+": "+m.Content)
		if m.SourceID != "" || m.Attributes[attrDelivery] == nil {
			t.Errorf("%q has source id %q and attributes %v", m.Content, m.SourceID, m.Attributes)
		}
	}
	same(t, "sent", who, []string{"Mei: an agent's", "bot: the bot's", "Mei: a picture"})
	same(t, "nothing comes back", texts(r.look(&th)), []string{"standing: open"})
}

// TestBotAlone may answer, and cannot look whether a lost answer arrived: then it says so and sends nothing twice.
func TestBotAlone(t *testing.T) {
	r := newRig(t, map[string]any{"inbox_id": fake.WebInbox, "api_token": "", "bot_token": "bot-token"})
	th, id := r.channel(fake.WebInbox)
	must[int64](t)(r.s.CustomerWrites(id, "hello"))
	out := outbound(th, "1", kefu.AuthorAgent, kefu.Content{Text: "an answer"})
	r.send(out)
	out.Unsure, out.UnsureSince = true, time.Now()
	_, err := r.c.Send(t.Context(), out)
	if se := connector.Failure(err); se.Class != connector.Permanent || !strings.Contains(se.Reason, "api_token") {
		t.Errorf("got %v", err)
	}
	same(t, "sent", r.public(th), []string{"incoming: hello", "outgoing: an answer"})
	if err := r.s.Resolve(id, fake.Agent); err != nil {
		t.Fatal(err)
	}
	same(t, "a look reads how it stands", texts(r.look(&th)), []string{"standing: closed"})
	if _, err := r.c.Open(t.Context(), opening("a")); connector.Failure(err).Class != connector.Permanent {
		t.Errorf("as a desk: %v", err)
	}
	if got, err := r.c.Changed(t.Context(), time.Time{}); err != nil || len(got) != 0 || r.c.LookEvery() != 0 {
		t.Errorf("changed: %v, %v", got, err)
	}
}

func TestUndeliveredIsTold(t *testing.T) {
	r := newRig(t, nil)
	th, id := r.channel(fake.APIInbox)
	part := r.send(outbound(th, "1", kefu.AuthorAgent, kefu.Content{Text: "an answer"})).Parts[0]
	r.look(&th)
	must[*api.Message](t)(r.c.user.SetDeliveryStatus(t.Context(), id, numberOf(part.ExternalID), "failed", "blocked by the carrier"))
	list := r.look(&th)
	if len(list) != 1 || !list[0].Note || !strings.Contains(list[0].Content.Text, "an answer") {
		t.Errorf("told %+v", list)
	}
}
