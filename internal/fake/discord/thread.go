package discord

import "cmp"

// startThread makes a thread on a channel, on a message, or a forum post with
// its first message. A forum post has its first message's id.
func (s *Server) startThread(c *call) (reply, error) {
	o, err := c.object()
	if err != nil {
		return reply{}, err
	}
	f := newForm()
	d := readChannelDraft(o, f)
	f.length("name", d.name.value, 1, 100)
	s.mu.Lock()
	defer s.mu.Unlock()
	parent, err := s.openChannel(c, 0)
	if err != nil {
		return reply{}, err
	}
	if parent.Type == TypeForum {
		return s.startPost(parent, d, c, o, f)
	}
	if err := f.err(); err != nil {
		return reply{}, err
	}
	if parent.Type != TypeText && parent.Type != TypeAnnouncement {
		return reply{}, errChannelType
	}
	return s.startPlainThread(parent, d, c.r.PathValue("message"))
}

func (s *Server) startPlainThread(parent *channel, d channelDraft, messageID string) (reply, error) {
	w := s.w
	t := Channel{Type: TypePrivateThread, Name: d.name.value, OwnerID: w.botID}
	need := CreatePrivateThreads
	if d.kind.value == TypePublicThread || messageID != "" {
		t.Type, need = TypePublicThread, CreatePublicThreads
	}
	if err := w.may(w.botID, parent, need); err != nil {
		return reply{}, err
	}
	if messageID != "" {
		_, m, err := w.findMessage(parent.ID, messageID)
		if err != nil {
			return reply{}, err
		}
		if w.channels[m.ID] != nil {
			return reply{}, errThreadExists
		}
		t.ID = m.ID
	}
	return created(w.addThread(parent, t, d).Channel)
}

func (s *Server) startPost(forum *channel, d channelDraft, c *call, o object, f *form) (reply, error) {
	w := s.w
	first := take[object](o, "message", f)
	if !first.set {
		f.required("message")
	}
	in := readDraft(first.value, c.files, f.under("message"))
	if err := f.err(); err != nil {
		return reply{}, err
	}
	if err := w.may(w.botID, forum, SendMessages); err != nil {
		return reply{}, err
	}
	if in.empty() {
		return reply{}, errEmptyMessage
	}
	t := w.addThread(forum, Channel{Type: TypePublicThread, Name: d.name.value, OwnerID: w.botID, AppliedTags: texts(d.applied.value)}, d)
	m := w.compose(t, w.botID, in)
	m.ID = t.ID
	w.post(t, m)
	out, shown := t.Channel, s.rendered(m)
	out.FirstMessage = &shown
	return created(out)
}

func (w *world) addThread(parent *channel, t Channel, d channelDraft) *channel {
	t.ID, t.GuildID, t.ParentID = cmp.Or(t.ID, w.id()), w.guildID, parent.ID
	t.RateLimitPerUser, t.MemberCount = d.slow.value, 1
	t.Thread = &ThreadMetadata{AutoArchiveDuration: cmp.Or(d.duration.value, 4320), ArchiveTimestamp: timeField(w.now())}
	t.Thread.Invitable = t.Type == TypePrivateThread && (!d.invitable.set || d.invitable.value)
	made := &channel{Channel: t, joined: map[string]bool{t.OwnerID: true}}
	w.channels[t.ID] = made
	w.living = append(w.living, t.ID)
	w.kept++
	w.emit("THREAD_CREATE", intentGuilds, made, made.Channel, nil)
	w.announce()
	return made
}

func (s *Server) activeThreads(*call) (reply, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	threads := []Channel{}
	for _, id := range s.w.living {
		c := s.w.channels[id]
		if c.isThread() && !c.Thread.Archived && s.w.may(s.w.botID, c, 0) == nil {
			threads = append(threads, c.Channel)
		}
	}
	return ok(map[string]any{"threads": threads, "members": []any{}})
}

func (s *Server) joinThread(c *call) (reply, error)  { return s.threadMember(c, true) }
func (s *Server) leaveThread(c *call) (reply, error) { return s.threadMember(c, false) }

func (s *Server) threadMember(c *call, in bool) (reply, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.openChannel(c, 0)
	if err != nil {
		return reply{}, err
	}
	if !t.isThread() {
		return reply{}, errChannelType
	}
	id := c.r.PathValue("user")
	if id == "@me" {
		id = s.w.botID
	}
	if _, err := s.w.present(id); err != nil {
		return reply{}, err
	}
	if t.Thread.Archived {
		return reply{}, errArchived
	}
	if in {
		t.joined[id] = true
	} else {
		delete(t.joined, id)
	}
	t.MemberCount = len(t.joined)
	s.w.announce()
	return noContent()
}
