package discord

func (s *Server) listPins(c *call) (reply, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch, err := s.openChannel(c, ReadMessageHistory)
	if err != nil {
		return reply{}, err
	}
	out := []Message{}
	for _, m := range ch.messages {
		if m.Pinned && !m.Deleted {
			out = append(out, s.rendered(m))
		}
	}
	return ok(out)
}

// pin also posts the line "… pinned a message", as Discord does.
func (s *Server) pin(c *call) (reply, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch, m, err := s.openMessage(c, PinMessages)
	if err != nil {
		return reply{}, err
	}
	if m.Pinned {
		return noContent()
	}
	pinned := 0
	for _, x := range ch.messages {
		if x.Pinned && !x.Deleted {
			pinned++
		}
	}
	if pinned >= 50 {
		return reply{}, errPinsFull
	}
	m.Pinned = true
	s.w.emitMessage("MESSAGE_UPDATE", ch, m)
	line := s.w.compose(ch, s.w.botID, draft{})
	line.Type = messagePinned
	line.Reference = &MessageReference{MessageID: m.ID, ChannelID: ch.ID, GuildID: ch.GuildID}
	s.w.post(ch, line)
	return noContent()
}

func (s *Server) unpin(c *call) (reply, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch, m, err := s.openMessage(c, PinMessages)
	if err != nil {
		return reply{}, err
	}
	m.Pinned = false
	s.w.emitMessage("MESSAGE_UPDATE", ch, m)
	s.w.announce()
	return noContent()
}
