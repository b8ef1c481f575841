package wordpress

// SetHook changes where hooks go; "" = nowhere.
func (s *Server) SetHook(url string) { s.change(func() { s.conf.hookURL = url }) }

// SetHookSecret changes the secret that signs hooks; "" = plain hooks.
func (s *Server) SetHookSecret(secret string) { s.change(func() { s.conf.hookSecret = secret }) }

// SetCredentials changes the user and application password that are accepted.
func (s *Server) SetCredentials(user, password string) {
	s.change(func() { s.conf.user, s.conf.password = user, password })
}

// SetPlugin says whether the index says kefu: 1.
func (s *Server) SetPlugin(on bool) { s.change(func() { s.conf.plugin = on }) }

// SetEscapeJSON says whether answers carry \uXXXX, as PHP writes them.
func (s *Server) SetEscapeJSON(on bool) { s.change(func() { s.conf.escape = on }) }

// SetEcho says whether replies of Kefu's come back by its update hook.
func (s *Server) SetEcho(on bool) { s.change(func() { s.conf.echo = on }) }

// SetRecording switches the ledger on or off; what a ticket holds is kept all the same.
func (s *Server) SetRecording(on bool) {
	s.change(func() { s.conf.recording = on && s.opt.LedgerSize > 0 })
}

// SetOrder gives a ticket an order: v is answered by order/details as JSON. nil takes it away (404).
func (s *Server) SetOrder(ticketID int64, v any) {
	s.setOrder(ticketID, order{value: v, set: v != nil})
}

// SetOrderAnswer makes order/details answer exactly this: an error, HTML, anything.
func (s *Server) SetOrderAnswer(ticketID int64, status int, contentType, body string) {
	s.setOrder(ticketID, order{raw: true, set: true, status: status, contentType: contentType, body: body})
}

func (s *Server) setOrder(id int64, o order) {
	s.change(func() {
		if o.set {
			s.site.orders[id] = o
		} else {
			delete(s.site.orders, id)
		}
	})
}

// ForgetTicket removes a ticket from the site, as an administrator who deletes it does.
func (s *Server) ForgetTicket(id int64) { s.change(func() { delete(s.site.tickets, id) }) }
