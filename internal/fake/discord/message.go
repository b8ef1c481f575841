package discord

// Message types that the fake makes.
const (
	messagePlain   = 0
	messagePinned  = 6
	messageReply   = 19
	messageCommand = 20
)

// messageCall reads a body and finds the channel; the channel's errors come first.
func (s *Server) messageCall(c *call) (draft, error) {
	o, err := c.object()
	if err != nil {
		return draft{}, err
	}
	f := newForm()
	d := readDraft(o, c.files, f)
	return d, f.err()
}

func (s *Server) createMessage(c *call) (reply, error) {
	d, bad := s.messageCall(c)
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.w
	ch, err := s.openChannel(c, 0)
	if err != nil {
		return reply{}, err
	}
	if err := w.mayPost(ch, d); err != nil {
		return reply{}, err
	}
	switch {
	case bad != nil:
		return reply{}, bad
	case d.empty():
		return reply{}, errEmptyMessage
	case w.kept >= w.opt.MaxMessages:
		return reply{}, errFull
	}
	if err := w.knownReference(ch, d); err != nil {
		return reply{}, err
	}
	if d.enforce && d.nonce != "" {
		if m := w.remembered(ch, d.nonce); m != nil {
			return ok(s.echoed(m))
		}
	}
	d.flags &^= FlagEphemeral
	m := w.compose(ch, w.botID, d)
	w.post(ch, m)
	if d.nonce != "" {
		w.remember(ch, d.nonce, m)
	}
	return ok(s.echoed(m))
}

// mayPost says whether the bot may post this draft here.
func (w *world) mayPost(ch *channel, d draft) error {
	if ch.Type == TypeDM {
		if p := w.members[ch.Recipients[0].ID]; p.dmClosed || p.left {
			return errDMClosed
		}
		return nil
	}
	if err := w.mayWrite(w.botID, ch); err != nil {
		return err
	}
	return w.may(w.botID, ch, d.needs())
}

func (w *world) knownReference(ch *channel, d draft) error {
	if d.reference == nil {
		return nil
	}
	if _, _, err := w.findMessage(ch.ID, d.reference.MessageID); err == nil {
		return nil
	}
	f := newForm()
	f.add("message_reference", "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "Unknown message")
	return f.err()
}

// echoed is a message as its create call answers it: with the nonce.
func (s *Server) echoed(m *Message) Message {
	out := s.rendered(m)
	out.Nonce = m.Nonce
	return out
}

// rendered is a message as it is read later: no nonce, fresh links, and blank
// where the bot lacks the message content intent.
func (s *Server) rendered(m *Message) Message {
	out := s.w.view(*m)
	out.Nonce = ""
	if s.opt.ContentIntentOff && s.w.blankFor(m) {
		out = blanked(out)
	}
	return out
}

func (s *Server) readMessage(c *call) (reply, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, m, err := s.openMessage(c, ReadMessageHistory)
	if err != nil {
		return reply{}, err
	}
	return ok(s.rendered(m))
}

// openMessage is the message of a call in a channel that the bot may use so.
func (s *Server) openMessage(c *call, need Permissions) (*channel, *Message, error) {
	channelID, messageID, err := c.ids("channel", "message")
	if err != nil {
		return nil, nil, err
	}
	ch, err := s.w.find(channelID)
	if err != nil {
		return nil, nil, err
	}
	if err := s.w.may(s.w.botID, ch, need); err != nil {
		return nil, nil, err
	}
	return s.w.findMessage(channelID, messageID)
}

func (s *Server) editMessage(c *call) (reply, error) {
	d, bad := s.messageCall(c)
	s.mu.Lock()
	defer s.mu.Unlock()
	ch, m, err := s.openMessage(c, 0)
	switch {
	case err != nil:
		return reply{}, err
	case m.Author.ID != s.w.botID:
		return reply{}, errOtherAuthor
	case bad != nil:
		return reply{}, bad
	case ch.isThread() && ch.Thread.Archived:
		return reply{}, errArchived
	}
	if d.blanks(m) {
		return reply{}, errEmptyMessage
	}
	s.w.amend(ch, m, d)
	return ok(s.rendered(m))
}

// blanks says that nothing would be left of m after this edit.
func (d draft) blanks(m *Message) bool {
	content, embeds, components, files := m.Content, m.Embeds, m.Components, len(m.Attachments)
	put(&content, d.content)
	put(&embeds, d.embeds)
	put(&components, d.components)
	if d.keep.set {
		files = len(d.keep.value)
	}
	return content == "" && len(embeds) == 0 && len(components) == 0 && files+len(d.files) == 0
}

func (s *Server) removeMessage(c *call) (reply, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch, m, err := s.openMessage(c, 0)
	if err != nil {
		return reply{}, err
	}
	if m.Author.ID != s.w.botID {
		if err := s.w.may(s.w.botID, ch, ManageMessages); err != nil {
			return reply{}, err
		}
	}
	s.w.erase(ch, m)
	return noContent()
}

func (s *Server) bulkDelete(c *call) (reply, error) {
	o, err := c.object()
	if err != nil {
		return reply{}, err
	}
	f := newForm()
	ids := texts(take[[]looseID](o, "messages", f).value)
	f.count("messages", len(ids), 2, 100)
	s.mu.Lock()
	defer s.mu.Unlock()
	ch, err := s.openChannel(c, ManageMessages)
	if err != nil {
		return reply{}, err
	}
	if err := f.err(); err != nil {
		return reply{}, err
	}
	for _, id := range ids {
		if _, m, err := s.w.findMessage(ch.ID, id); err == nil {
			s.w.erase(ch, m)
		}
	}
	return noContent()
}

// listMessages answers newest first, as Discord does, whatever the anchor.
// page cuts up to limit living messages out of a channel, newest first.
// alive walks from i by step and takes what is not deleted.
func (s *Server) crosspost(c *call) (reply, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch, m, err := s.openMessage(c, SendMessages)
	switch {
	case err != nil:
		return reply{}, err
	case ch.Type != TypeAnnouncement:
		return reply{}, errChannelType
	case m.Flags&FlagCrossposted != 0:
		return reply{}, errCrossposted
	}
	m.Flags |= FlagCrossposted
	s.w.emitMessage("MESSAGE_UPDATE", ch, m)
	s.w.announce()
	return ok(s.rendered(m))
}
