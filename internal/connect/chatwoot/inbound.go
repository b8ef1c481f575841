package chatwoot

import (
	"cmp"
	"context"
	"strconv"
	"strings"
	"time"

	"kefu"
	api "kefu/chatwoot"
	"kefu/internal/connector"
)

// via names the place where an author wrote.
const via = "Chatwoot"

const (
	maxTitle = 100 // characters
	maxFiles = 20  // of one message
	// maxReason is how many characters of somebody's reason are told.
	maxReason = 300
	// copyLimit is how long a message waits for its files to be copied.
	copyLimit = 20 * time.Second
)

// talk is a conversation of Chatwoot's on its way in.
type talk struct {
	conv   *api.Conversation
	thread connector.Thread
	role   kefu.LinkRole
	person string // the customer's id in the inbox
	// keep copies files; nil where nothing may be fetched.
	keep func(ctx context.Context, url, name string) (kefu.Attachment, error)
	// history is the number of the newest message that was said before the link was made anew.
	history int64
}

// roleOf says which side of a conversation a thread is on: by its link, else by whether Kefu made it.
func roleOf(t connector.Thread, conv *api.Conversation) kefu.LinkRole {
	switch {
	case t.Role != "":
		return t.Role
	case linked(conv) != "":
		return kefu.RoleDesk
	}
	return kefu.RoleCustomer
}

// base is what all that comes of a message shares.
func (t *talk) base(m *api.Message) connector.Inbound {
	return connector.Inbound{Kind: connector.InMessage, ThreadID: t.thread.ExternalID, ThreadName: t.name(), ExternalID: externalID(m), Key: "m:" + externalID(m),
		Cursor: strconv.FormatInt(m.ID, 10), OccurredAt: m.CreatedAt.Time, History: m.ID <= t.history}
}

// name is what people call a customer's thread; a desk's is named by the customer's side.
func (t *talk) name() string {
	if t.role == kefu.RoleDesk {
		return ""
	}
	return "Chatwoot #" + strconv.FormatInt(t.conv.ID, 10)
}

// written makes of a message what somebody wrote; nothing of ours, and of what Chatwoot itself notes.
func (c *Connector) written(ctx context.Context, t *talk, m *api.Message) []connector.Inbound {
	in := t.base(m)
	switch {
	case tagOf(m) != "" || m.Deleted():
		return nil
	case m.Type == api.Incoming && t.role != kefu.RoleDesk:
		in.Sender = t.customer(m)
	case m.Type == api.Incoming:
		// Another program writes as the customer into a conversation that is none of the customer's.
		in.Sender, in.Note = connector.Sender{Kind: kefu.AuthorAgent, Name: cmp.Or(senderOf(m).Name, via), Via: via}, true
	case m.Type == api.Outgoing:
		in.Sender, in.Note, in.FingerprintSent = staff(m), m.Private, echoOf(in.ExternalID)
	default:
		return nil
	}
	in.Content, in.Notes = c.contentOf(ctx, t, m)
	if in.Content.Empty() {
		if in.Sender.Kind != kefu.AuthorContact {
			return nil
		}
		in.Content.Text = c.say("unshown") // a place, a call, a sticker: that something was said must be seen
	}
	return []connector.Inbound{in}
}

func senderOf(m *api.Message) api.Sender {
	if m.Sender == nil {
		return api.Sender{}
	}
	return *m.Sender
}

// staff is who answered in Chatwoot: an agent, a bot of Chatwoot's, or one of its rules, which has no sender.
func staff(m *api.Message) connector.Sender {
	s := senderOf(m)
	out := connector.Sender{Kind: kefu.AuthorAgent, Name: cmp.Or(s.Name, via), Email: s.Email, Via: via}
	switch {
	case s.ID == 0:
		out.ID = "rule"
	case s.Type == "" || s.Type == "user":
		out.ID = agentID(s.ID)
	default: // a bot or an assistant, whose ids are of other rows of numbers
		out.ID = s.Type + ":" + strconv.FormatInt(s.ID, 10)
	}
	return out
}

func (t *talk) customer(m *api.Message) connector.Sender {
	s := senderOf(m)
	who := t.conv.Meta.Sender
	if who == nil {
		who = &api.Contact{ID: s.ID, Name: s.Name, Email: s.Email}
	}
	id := t.person
	if id == "" && who.ID != 0 {
		id = "contact:" + strconv.FormatInt(who.ID, 10)
	}
	return connector.Sender{Kind: kefu.AuthorContact, ID: id, Name: cmp.Or(who.Name, s.Name, who.Email, who.Phone, "?"), Email: cmp.Or(who.Email, s.Email), Via: via}
}

// removal says that a message was taken back.
func (t *talk) removal(m *api.Message) connector.Inbound {
	in := t.base(m)
	in.Kind, in.Key, in.Cursor, in.OccurredAt = connector.InDelete, "d:"+externalID(m), "", time.Time{}
	return in
}

// edit says that a message has another text now.
func (c *Connector) edit(ctx context.Context, t *talk, m *api.Message) []connector.Inbound {
	list := c.written(ctx, t, m)
	for i := range list {
		list[i].Kind, list[i].Key, list[i].Cursor = connector.InEdit, "", ""
	}
	return list
}

// undelivered says that Chatwoot could not hand a message of ours to the customer; it only comes to know so later.
func (c *Connector) undelivered(t *talk, m *api.Message) []connector.Inbound {
	if t.role == kefu.RoleDesk || m.DeliveryStatus != api.Failed || tagOf(m) == "" {
		return nil
	}
	in := t.base(m)
	in.Key, in.ExternalID, in.Cursor, in.OccurredAt, in.Note = "failed:"+externalID(m), "", "", time.Time{}, true
	in.Sender = connector.Sender{Kind: kefu.AuthorSystem, Name: via, Via: via}
	why := kefu.Excerpt(m.ContentAttributes.Text("external_error"), maxReason)
	in.Content = kefu.Content{Type: kefu.ContentText, Text: c.say("undelivered", kefu.Excerpt(m.Content, maxTitle), cmp.Or(why, "?"))}
	return []connector.Inbound{in}
}

// filled is what the customer filled into a message, or picked of it.
func (t *talk) filled(m *api.Message) []connector.Inbound {
	values := m.Submitted()
	if t.role == kefu.RoleDesk || m.Type != api.Outgoing || m.Private || len(values) == 0 {
		return nil
	}
	in := t.base(m)
	in.Key, in.ExternalID, in.Cursor, in.OccurredAt = "submit:"+externalID(m), "", "", time.Time{}
	in.Sender = t.customer(&api.Message{})
	in.AnswerTo, in.Filled = externalID(m), map[string]string{}
	var lines []string
	for _, v := range values[:min(len(values), kefu.MostFields)] {
		name := cmp.Or(v.Name, kefu.ChoiceField)
		if v.Value == leftEmpty && mayStayEmpty(m, name) {
			v.Value = ""
		}
		in.Filled[name] = v.Value
		lines = append(lines, cmp.Or(v.Title, v.Name, kefu.ChoiceField)+": "+v.Value)
	}
	in.Content = kefu.Content{Type: kefu.ContentText, Text: strings.Join(lines, "\n")}
	return []connector.Inbound{in}
}
