package switchboard

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"kefu"
	"kefu/internal/card"
	"kefu/internal/connector"
	"kefu/internal/sqldb"
	"kefu/internal/store"
)

// Notes on answers that are kept otherwise than they were meant.
const (
	noteNotAsked  = "an answer to nothing that is asked here: kept as text"
	noteRecalled  = "an answer to a question that was recalled: kept as text"
	noteWrongHead = "not as asked: "
)

// interaction begins the key of what somebody does in a window: they see the result and can do it again.
const interaction = "i:"

// takeAnswer makes of what a customer filled in or picked the content that every medium's answer has. What answers nothing that was asked
// is kept as text. View is set when it is refused: where the customer still sees the form, faults are theirs to mend; elsewhere an answer
// with faults is kept, with notes.
func (c *change) takeAnswer(link store.Link, conv store.Conversation, in *connector.Inbound) (*connector.View, error) {
	named := in.Content.Answer
	in.Content.Answer = nil
	if in.Filled == nil {
		return nil, nil
	}
	asked, why, err := c.askedIn(link, conv, named, in.AnswerTo)
	if err != nil {
		return nil, err
	}
	if why != "" {
		in.Content.Type, in.Content.Text = "", cutText(strings.TrimSpace(in.Content.Text+"\n"+saidTo(in.Filled)))
		in.Notes = append(in.Notes, why)
		return nil, nil
	}
	form := *asked.Content.Asks()
	faults := faultsOf(form, in.Filled)
	if len(faults) > 0 && strings.HasPrefix(in.Key, interaction) && in.AnswerTo == "" && !in.Recovered {
		return &connector.View{Refused: connector.RefusedInvalid, Faults: faults}, nil
	}
	answer, wrong := form.Answer(asked.ID, in.Filled)
	for _, f := range wrong {
		in.Notes = append(in.Notes, noteWrongHead+f.Field+" "+f.Msg)
	}
	in.Content = kefu.Content{Type: asked.Content.Type, Text: answerText(answer), Answer: &answer, Attachments: in.Content.Attachments}
	return nil, c.EndAsked(conv.ID, asked.ID)
}

// askedIn finds the message that is answered: by our own id, else by the thread's. why says in words that there is none to answer.
func (c *change) askedIn(link store.Link, conv store.Conversation, named *kefu.Answer, answerTo string) (m store.Message, why string, err error) {
	id := kefu.MessageID("")
	if named != nil {
		id = named.MessageID
	}
	if id == "" && answerTo != "" {
		if id, err = c.SentMessage(link.ID, answerTo); err != nil {
			return m, "", err
		}
	}
	m, err = c.Message(id)
	switch {
	case errors.Is(err, sqldb.ErrNoRows):
		return m, noteNotAsked, nil
	case err != nil:
		return m, "", err
	case m.ConversationID != conv.ID || !asks(m.Message):
		return m, noteNotAsked, nil
	case m.Meta.Deleted:
		return m, noteRecalled, nil
	}
	return m, "", nil
}

// asks tells whether a message asks a customer for something. The questions of a dialogue are parts of what asks, and choices of text or
// articles are commands of the bot's.
func asks(m kefu.Message) bool {
	form := m.Content.Asks()
	return form != nil && form.Step == 0 && !m.Private && m.Author.Kind != kefu.AuthorContact
}

// faultsOf says what is wrong with which field.
func faultsOf(form kefu.Form, filled map[string]string) (faults []connector.FieldFault) {
	for _, f := range form.Fields {
		if _, fault := f.Take(filled[f.Name]); fault != "" {
			faults = append(faults, connector.FieldFault{Name: f.Name, Label: f.Label, Fault: fault})
		}
	}
	return faults
}

// answerText is an answer as everybody reads it, whatever their language: labels and values.
func answerText(a kefu.Answer) string { return cutText(card.AnswerText(a)) }

// saidTo is what was said to fields of which nothing is known.
func saidTo(filled map[string]string) string {
	lines := make([]string, 0, len(filled))
	for _, name := range slices.Sorted(maps.Keys(filled)) {
		lines = append(lines, name+": "+filled[name])
	}
	return strings.Join(lines, "\n")
}

// cutText keeps a text that was put together within the bounds of a message.
func cutText(s string) string {
	if len(s) <= kefu.MaxText {
		return s
	}
	const ellipsis = "…"
	return strings.ToValidUTF8(s[:kefu.MaxText-len(ellipsis)], "") + ellipsis
}
