package discord

// openHook finds the interaction of a webhook path; its token lives 15 minutes.
func (s *Server) openHook(c *call) (*interaction, error) {
	w := s.w
	if c.r.PathValue("application") != w.appID {
		return nil, errUnknownWebhook
	}
	token := c.r.PathValue("token")
	x := w.interactions[idOfToken(token)]
	switch {
	case x == nil || x.public.Token != token || x.callback == 0:
		return nil, errUnknownWebhook
	case w.now().Sub(x.at) >= w.opt.TokenLifetime:
		return nil, errWebhookToken
	}
	return x, nil
}

func idOfToken(token string) string {
	const prefix = "token-"
	if len(token) < len(prefix) {
		return ""
	}
	return token[len(prefix):]
}

func (s *Server) createFollowup(c *call) (reply, error) {
	d, bad := s.messageCall(c)
	s.mu.Lock()
	defer s.mu.Unlock()
	x, err := s.openHook(c)
	switch {
	case err != nil:
		return reply{}, err
	case bad != nil:
		return reply{}, bad
	case d.empty():
		return reply{}, errEmptyMessage
	case s.w.kept >= s.opt.MaxMessages:
		return reply{}, errFull
	}
	// The first follow-up to a deferral takes the place of "thinking…".
	if x.loading {
		s.w.resolve(x, d)
		return ok(s.rendered(x.original))
	}
	m := s.w.answered(x, d)
	x.followups = append(x.followups, m)
	s.w.announce()
	return ok(s.rendered(m))
}

// resolve gives a deferred answer its words.
func (w *world) resolve(x *interaction, d draft) {
	x.loading = false
	x.original.Flags &^= FlagLoading
	w.amend(x.channel, x.original, d)
}

// openFollowup is a message of an interaction that was not deleted.
func (s *Server) openFollowup(c *call) (*interaction, *Message, error) {
	x, err := s.openHook(c)
	if err != nil {
		return nil, nil, err
	}
	m := x.messageOf(c.r.PathValue("message"))
	if m == nil || m.Deleted {
		return nil, nil, errUnknownMessage
	}
	return x, m, nil
}

func (s *Server) readFollowup(c *call) (reply, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, m, err := s.openFollowup(c)
	if err != nil {
		return reply{}, err
	}
	return ok(s.rendered(m))
}

func (s *Server) editFollowup(c *call) (reply, error) {
	d, bad := s.messageCall(c)
	s.mu.Lock()
	defer s.mu.Unlock()
	x, m, err := s.openFollowup(c)
	switch {
	case err != nil:
		return reply{}, err
	case bad != nil:
		return reply{}, bad
	case d.blanks(m):
		return reply{}, errEmptyMessage
	}
	if m == x.original && x.loading {
		s.w.resolve(x, d)
	} else {
		s.w.amend(x.channel, m, d)
	}
	x.revised = x.revised || m == x.original
	s.w.announce()
	return ok(s.rendered(m))
}

func (s *Server) removeFollowup(c *call) (reply, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	x, m, err := s.openFollowup(c)
	if err != nil {
		return reply{}, err
	}
	if m == x.original {
		x.loading = false
	}
	s.w.erase(x.channel, m)
	return noContent()
}
