package twilio

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"kefu"
	"kefu/internal/card"
	"kefu/internal/connector"
	api "kefu/internal/twilio"
)

const (
	// keepTime bounds the fetching of a file that is known by an address only.
	keepTime = 5 * time.Second
	// mostBefore bounds how many conversations before the present one are searched.
	mostBefore = 3
)

// parcel is what goes out as one message.
type parcel struct {
	text string
	file *kefu.Attachment
}

// sendCustomer writes to a customer: by text message, WhatsApp or web chat. Who has said STOP gets nothing.
func (c *Connector) sendCustomer(ctx context.Context, out connector.Outbound) (connector.Receipt, error) {
	p, ok := parsePair(out.Thread.ExternalID)
	switch {
	case c.set.desk():
		return connector.Receipt{}, permanent("this inbox is a desk: nothing goes to customers here")
	case out.Message.Private:
		return connector.Receipt{}, permanent("a note never goes to the customer")
	case !ok:
		return connector.Receipt{}, notAThread()
	}
	if err := c.mayReach(ctx, p); err != nil {
		return connector.Receipt{}, err
	}
	s := sending{c: c, out: out, pair: p, there: map[int]connector.Part{}}
	for _, part := range out.Known {
		s.there[part.N] = part
	}
	err := s.run(ctx)
	if api.Code(err) == api.CodeUnsubscribed {
		err = c.refusedBySTOP(ctx, p, err)
	}
	return connector.Receipt{Parts: s.parts(), Found: s.found && err == nil}, c.failure(err)
}

func permanent(words string) error {
	return &connector.SendError{Class: connector.Permanent, Scope: connector.ScopeThread, Reason: words}
}

// sending is one message on its way to a customer.
type sending struct {
	c      *Connector
	out    connector.Outbound
	pair   pair
	pieces []parcel
	there  map[int]connector.Part
	found  bool // the last piece had arrived before
}

func (s *sending) run(ctx context.Context) (err error) {
	if s.pieces, err = s.c.piecesFor(ctx, s.pair, s.out); err != nil {
		return err
	}
	if len(s.pieces) == 0 {
		return permanent("there is nothing to send: the message has neither text nor attachment")
	}
	sid, err := s.c.current(ctx, s.pair)
	if err != nil {
		return err
	}
	if err := s.searchBefore(ctx, sid); err != nil {
		return err
	}
	if sid != "" {
		if err := s.search(ctx, sid); err != nil {
			return err
		}
		over, err := s.post(ctx, sid)
		if !over {
			return err
		}
	}
	if sid, err = s.c.anew(ctx, s.pair, s.out); err != nil {
		return err
	}
	if err := s.search(ctx, sid); err != nil {
		return err
	}
	_, err = s.post(ctx, sid)
	return err
}

// search looks for what an earlier attempt may have written, before anything is written again.
func (s *sending) search(ctx context.Context, sid string) error {
	if !s.out.Unsure {
		return nil
	}
	for mark, page := "", 0; page == 0 || mark != "" && page < maxPages; page++ {
		list, next, err := s.c.api.Messages(ctx, sid, api.NewestFirst, mark)
		switch {
		case api.Status(err) == 404:
			return nil
		case err != nil:
			return cannotLook(s.c.failure(err))
		}
		for _, m := range list {
			if sent, ours := sentMarkOf(m); ours && sent.Delivery == s.out.DeliveryID {
				s.there[sent.Part] = connector.Part{N: sent.Part, ExternalID: m.SID}
			}
		}
		if mark = next; len(list) > 0 && list[len(list)-1].Created.Before(s.out.UnsureSince.Add(-slack)) {
			break
		}
	}
	s.found = len(s.parts()) == len(s.pieces)
	return nil
}

// searchBefore looks in the conversations before the present one, if that may have begun after the earlier attempt: what was written then
// stands where the pair talked then.
func (s *sending) searchBefore(ctx context.Context, sid string) error {
	if !s.out.Unsure {
		return nil
	}
	list, err := s.c.roomsOf(ctx, s.pair)
	if err != nil {
		return cannotLook(err)
	}
	before := 0
	for _, m := range slices.Backward(list) {
		switch {
		case m.ConversationSID == sid && m.Created.Before(s.out.UnsureSince.Add(-slack)) || before == mostBefore:
			return nil
		case m.ConversationSID == sid:
			continue
		}
		before++
		if err := s.search(ctx, m.ConversationSID); err != nil {
			return err
		}
	}
	return nil
}

// cannotLook keeps the doubt.
func cannotLook(err error) error {
	e := *connector.Failure(err)
	e.Class, e.Reason = connector.Uncertain, "cannot ask Twilio whether it arrived: "+e.Reason
	return &e
}

// post writes the pieces that are not there. over says that the conversation takes nothing more.
func (s *sending) post(ctx context.Context, sid string) (over bool, err error) {
	for n, p := range s.pieces {
		if _, known := s.there[n]; known {
			continue
		}
		m, err := s.write(ctx, sid, n, p)
		if err != nil {
			if refused(err) && api.Code(err) != api.CodeUnsubscribed {
				if over, readErr := s.c.closed(ctx, sid); over && readErr == nil {
					return true, nil
				}
			}
			return false, err
		}
		s.there[n] = connector.Part{N: n, ExternalID: m.SID}
	}
	return false, nil
}

func (s *sending) write(ctx context.Context, sid string, n int, p parcel) (api.Message, error) {
	attributes, err := sentMark{Delivery: s.out.DeliveryID, Message: s.out.Message.ID, Part: n}.attributes()
	if err != nil {
		return api.Message{}, err
	}
	m := api.MessageCreate{Author: s.author(), Body: p.text, Attributes: attributes}
	if p.file != nil {
		service, err := s.c.serviceOf(ctx, sid)
		if err != nil {
			return api.Message{}, err
		}
		if m.MediaSID, err = s.c.giveFile(ctx, service, *p.file); err != nil {
			return api.Message{}, err
		}
	}
	return s.c.api.CreateMessage(ctx, sid, m)
}

// author is who wrote, as a web chat shows it; a phone shows our number. Nobody is shown as the customer.
func (s *sending) author() string {
	name, _ := kefu.CleanText(strings.Join(strings.Fields(s.out.Message.Author.Name), " "))
	if name = kefu.Excerpt(cmp.Or(name, "Kefu"), 100); name == s.pair.address() {
		return "Kefu"
	}
	return name
}

// parts are those that are there, in order.
func (s *sending) parts() []connector.Part {
	list := make([]connector.Part, 0, len(s.there))
	for n := range max(len(s.pieces), len(s.there)) {
		if p, ok := s.there[n]; ok {
			list = append(list, p)
		}
	}
	return list
}

// serviceOf is the service whose files a conversation takes.
func (c *Connector) serviceOf(ctx context.Context, sid string) (string, error) {
	if r, ok := c.rooms.get(sid); ok && r.service != "" {
		return r.service, nil
	}
	n, err := c.api.Conversation(ctx, sid)
	return n.ServiceSID, c.notYet(err)
}

// piecesFor renders a message for an address: its text in as few messages as Twilio takes, then each file. Files that do not reach the
// address as such are links in the text.
func (c *Connector) piecesFor(ctx context.Context, p pair, out connector.Outbound) ([]parcel, error) {
	content := out.Message.Content
	text := card.Content(forPhones(content), string(cmp.Or(out.Customer.Locale, c.set.lang)))
	var files []parcel
	for _, a := range content.Attachments {
		kept := c.kept(ctx, a)
		if kept.SHA256 != "" && kept.Size <= p.mostFile() && p.files() {
			files = append(files, parcel{file: &kept})
			continue
		}
		link := cmp.Or(c.deps.Files.Link(kept), card.Link(kept.URL))
		if link == "" {
			return nil, permanent("the attachment " + kefu.Excerpt(a.Name, 60) + " is not kept any more")
		}
		text = strings.TrimSpace(text + "\n" + strings.TrimSpace(kefu.Excerpt(a.Name, 100)+" "+link))
	}
	texts := api.SplitText(text, 0)
	pieces := make([]parcel, 0, len(texts)+len(files))
	for _, t := range texts {
		pieces = append(pieces, parcel{text: t})
	}
	return append(pieces, files...), nil
}

// forPhones leaves out the buttons that a text message cannot have: whether an answer helped. Who wants a person says so in the button's words.
func forPhones(content kefu.Content) kefu.Content {
	var choices []kefu.Choice
	for _, ch := range content.Choices {
		if !strings.HasPrefix(ch.Value, connector.CmdHelped+":") {
			choices = append(choices, ch)
		}
	}
	content.Choices = choices
	return content
}

// kept brings a file that is known by an address only into the vault, if it can be had now.
func (c *Connector) kept(ctx context.Context, a kefu.Attachment) kefu.Attachment {
	if a.SHA256 != "" || a.URL == "" {
		return a
	}
	ctx, cancel := context.WithTimeout(ctx, keepTime)
	defer cancel()
	kept, err := c.deps.Files.Keep(ctx, a.URL, a.Name)
	if err != nil {
		return a
	}
	kept.URL = a.URL
	return kept
}
