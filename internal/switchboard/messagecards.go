package switchboard

import (
	"cmp"
	"errors"
	"maps"
	"slices"

	"kefu"
	"kefu/internal/lexis"
	"kefu/internal/sqldb"
	"kefu/internal/store"
)

// Bounds of the articles that a message shows.
const (
	mostCards   = 10
	cardExcerpt = 200 // characters
)

// composeCards checks what is more than text and files, and gives the content the type of what it holds.
func composeCards(f *kefu.Faults, by kefu.Caller, in NewMessage, out *kefu.Content) {
	held := heldBy(in)
	switch in.ContentType {
	case "", kefu.ContentText, kefu.ContentImage, kefu.ContentFile:
	case kefu.ContentOrderCard, kefu.ContentForm, kefu.ContentChoice, kefu.ContentArticle:
		if _, ok := held[in.ContentType]; !ok && in.Answer == nil {
			f.Add(memberOf(in.ContentType), "is needed for the content_type %s", in.ContentType)
		}
	default:
		f.Add("content_type", "must be text, image, file, order_card, form, choice or article")
	}
	if in.Answer != nil {
		composeAnswer(f, by, in)
		return
	}
	for _, kind := range slices.Sorted(maps.Keys(held)) {
		if kind == kefu.ContentChoice {
			continue // below any text there may be something to press
		}
		if out.Type = cmp.Or(out.Type, kind); out.Type != kind {
			f.Add(memberOf(kind), "belongs to the content_type %s, and to no other", kind)
		}
		if by.Kind == kefu.CallerContact || in.SenderType == kefu.AuthorContact {
			f.Add(memberOf(kind), "is for staff and programs")
		}
	}
	if in.Form != nil {
		out.Form = &kefu.Form{Title: in.Form.Title, Fields: in.Form.Fields}
		out.Form.Check(f, "form")
	}
	if len(in.Order) > 0 {
		out.Order = orderIn(f, in.Order)
	}
	if len(in.Articles) > mostCards {
		f.Add("articles", "may be at most %d", mostCards)
	}
	if in.ContentType == kefu.ContentChoice {
		checkPicks(f, in.Choices)
	}
}

// heldBy lists the kinds of content that a message holds besides text and files.
func heldBy(in NewMessage) map[kefu.ContentType]bool {
	held := map[kefu.ContentType]bool{}
	for kind, there := range map[kefu.ContentType]bool{kefu.ContentForm: in.Form != nil, kefu.ContentOrderCard: len(in.Order) > 0,
		kefu.ContentArticle: len(in.Articles) > 0, kefu.ContentChoice: len(in.Choices) > 0} {
		if there {
			held[kind] = true
		}
	}
	return held
}

// memberOf is the member that holds a kind of content.
func memberOf(kind kefu.ContentType) string {
	return map[kefu.ContentType]string{kefu.ContentForm: "form", kefu.ContentOrderCard: "order", kefu.ContentArticle: "articles",
		kefu.ContentChoice: "choices"}[kind]
}

// checkPicks holds choices against what makes them a question: each is told from the others by its value.
func checkPicks(f *kefu.Faults, choices []kefu.Choice) {
	seen := map[string]bool{}
	for _, ch := range choices {
		if ch.URL == "" && (ch.Value == "" || seen[ch.Value]) {
			f.Add("choices", "each needs a value of its own, or a url")
			return
		}
		seen[ch.Value] = true
	}
}

// composeAnswer checks who answers, and that nothing else is said.
func composeAnswer(f *kefu.Faults, by kefu.Caller, in NewMessage) {
	if by.Kind != kefu.CallerContact && in.SenderType != kefu.AuthorContact {
		f.Add("answer", "is for contacts, and for programs with the sender_type contact")
	}
	if in.Content != "" || len(in.Attachments) > 0 || len(heldBy(in)) > 0 {
		f.Add("answer", "stands alone: its text is made of what was filled in")
	}
	if in.Answer.MessageID == "" {
		f.Add("answer.message_id", "is needed")
	}
}

// refers tells whether a message names something that is stored.
func (in NewMessage) refers() bool { return in.Answer != nil || len(in.Articles) > 0 }

// lookUp adds to a content what is stored: the articles that it shows, or the question that it answers. f is what is wrong with it already.
func (c *change) lookUp(f kefu.Faults, by kefu.Caller, in *NewMessage, out *kefu.Content) (err error) {
	switch {
	case in.Answer != nil:
		err = c.lookUpAsked(&f, by, in, out)
	case len(in.Articles) > 0:
		err = c.lookUpArticles(&f, in.Articles, out)
	case len(in.Order) > 0 && len(f) == 0:
		err = c.readAsShop(in, out)
	}
	return cmp.Or(err, f.Err(notSendable))
}

// lookUpArticles makes cards of published articles, in the order in which they are named.
func (c *change) lookUpArticles(f *kefu.Faults, ids []kefu.ArticleID, out *kefu.Content) error {
	all, err := c.ArticlesByID(ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		i := slices.IndexFunc(all, func(a kefu.Article) bool { return a.ID == id && a.Published })
		if i < 0 {
			f.Add("articles", "%q is not the id of a published article", kefu.Excerpt(string(id), 60))
			continue
		}
		a := all[i]
		out.Articles = append(out.Articles, kefu.ArticleCard{ID: a.ID, Title: a.Title, Excerpt: kefu.Excerpt(lexis.Plain(a.Body), cardExcerpt), URL: a.URL, Locale: a.Locale})
	}
	return nil
}

// lookUpAsked makes the answer to a message that the caller may see.
func (c *change) lookUpAsked(f *kefu.Faults, by kefu.Caller, in *NewMessage, out *kefu.Content) error {
	asked, ok, err := c.seenQuestion(by, in.Answer.MessageID)
	if err != nil {
		return err
	}
	if !ok || in.ConversationID != "" && in.ConversationID != asked.ConversationID {
		f.Add("answer.message_id", "is not the id of a message of this conversation that asks for something")
		return nil
	}
	form := *asked.Content.Asks()
	if in.ContentType != "" && in.ContentType != asked.Content.Type {
		f.Add("content_type", "must be %s, as of what is answered, or be left out", asked.Content.Type)
	}
	for _, name := range slices.Sorted(maps.Keys(in.Answer.Values)) {
		if !slices.ContainsFunc(form.Fields, func(one kefu.FormField) bool { return one.Name == name }) {
			f.Add("answer.values."+kefu.Excerpt(name, 100), "is no field of what is answered")
		}
	}
	answer, faults := form.Answer(asked.ID, in.Answer.Values)
	for _, one := range faults {
		f.Add("answer.values."+one.Field, "%s", one.Msg)
	}
	in.ConversationID = asked.ConversationID
	*out = kefu.Content{Type: asked.Content.Type, Text: answerText(answer), Answer: &answer}
	return nil
}

// seenQuestion reads a message that asks for something, if the caller may see it.
func (c *change) seenQuestion(by kefu.Caller, id kefu.MessageID) (m store.Message, ok bool, err error) {
	m, err = c.Message(id)
	if errors.Is(err, sqldb.ErrNoRows) || err == nil && (!asks(m.Message) || m.Meta.Deleted) {
		return m, false, nil
	}
	if err != nil {
		return m, false, err
	}
	conv, err := c.Conversation(m.ConversationID)
	if err != nil {
		return m, false, err
	}
	err = mustSee(c.Tx, by, seenOf(conv))
	if kefu.KindOf(err) == kefu.KindNotFound {
		return m, false, nil
	}
	return m, err == nil, err
}
