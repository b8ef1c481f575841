package twilio

import (
	"net/http"
	"slices"
	"strconv"
	"unicode/utf16"
)

// maxBody is the most characters of a message.
const maxBody = 1600

func (s *Server) createMessage(c *call) (int, any, error) {
	m := message{author: "system", attributes: "{}"}
	var file string
	for name, to := range map[string]*string{"Author": &m.author, "Body": &m.body, "Attributes": &m.attributes, "MediaSid": &file} {
		if v, ok := c.field(name); ok {
			*to = v
		}
	}
	if err := checkMessage(m.body, m.attributes); err != nil {
		return 0, nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.changing(c)
	switch {
	case err != nil:
		return 0, nil, err
	case m.body == "" && file == "":
		return 0, nil, invalid("a message needs a Body or a MediaSid")
	case file != "" && s.w.media[file] == nil:
		return 0, nil, invalid("MediaSid " + file + " is not known")
	}
	m.media = s.w.media[file]
	s.post(c, n, &m, sourceAPI)
	return http.StatusCreated, s.wireMessage(n, &m), nil
}

func checkMessage(body, attributes string) error {
	if len(utf16.Encode([]rune(body))) > maxBody {
		return &refusal{status: http.StatusBadRequest, code: 21617, message: "The concatenated message body exceeds the 1600 character limit"}
	}
	return checkAttributes(attributes)
}

// post adds a message, which wakes a conversation that rests, and tells of it; the lock must be held.
func (s *Server) post(c *call, n *conversation, m *message, source string) {
	m.sid, m.index, m.source = s.w.newSID("IM"), n.nextIndex, source
	n.nextIndex++
	m.created = s.opt.Now()
	m.updated = m.created
	for _, p := range n.participants {
		if m.author == p.identity || m.author == p.address {
			m.participant = p.sid
		}
	}
	n.messages = append(n.messages, m)
	if n.state == stateInactive {
		s.setState(nil, n, stateActive, "EVENT") // who writes wakes it
	}
	s.fire(c, n, "onMessageAdded", s.messageFields(m), source)
	s.reaches(n, m)
}

func (s *Server) messageFields(m *message) fields {
	f := fields{
		"MessageSid": m.sid, "Index": strconv.Itoa(m.index), "DateCreated": precise(m.created), "Body": m.body, "Author": m.author,
		"Attributes": m.attributes, "ParticipantSid": m.participant,
	}
	if m.media != nil {
		f["Media"] = string(encode([]obj{{"Sid": m.media.sid, "Filename": m.media.name, "ContentType": m.media.kind, "Size": len(m.media.content)}}))
	}
	return f
}

func (s *Server) listMessages(c *call) (int, any, error) {
	order := c.r.URL.Query().Get("Order")
	if !slices.Contains([]string{"", "asc", "desc"}, order) {
		return 0, nil, invalid("Order is asc or desc")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.within(c)
	if err != nil {
		return 0, nil, err
	}
	list := []obj{}
	for _, m := range n.messages {
		list = append(list, s.wireMessage(n, m))
	}
	if order == "desc" {
		slices.Reverse(list)
	}
	return s.page(c, "messages", list, 100)
}

// about finds the message of the path; the lock must be held.
func (s *Server) about(c *call, find func(*call) (*conversation, error)) (*conversation, *message, error) {
	n, err := find(c)
	if err != nil {
		return nil, nil, err
	}
	m, ok := n.message(c.r.PathValue("message"))
	if !ok {
		return nil, nil, notFound(c.r.URL.Path)
	}
	return n, m, nil
}

func (s *Server) readMessage(c *call) (int, any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, m, err := s.about(c, s.within)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, s.wireMessage(n, m), nil
}

func (s *Server) updateMessage(c *call) (int, any, error) {
	body, hasBody := c.field("Body")
	attributes, hasAttributes := c.field("Attributes")
	if err := checkMessage(body, attributes); err != nil {
		return 0, nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n, m, err := s.about(c, s.changing)
	if err != nil {
		return 0, nil, err
	}
	if hasBody {
		m.body = body
	}
	if hasAttributes {
		m.attributes = attributes
	}
	s.edited(c, n, m, sourceAPI)
	return http.StatusOK, s.wireMessage(n, m), nil
}

// edited tells that a message was changed; the lock must be held.
func (s *Server) edited(c *call, n *conversation, m *message, source string) {
	m.updated = s.opt.Now()
	f := s.messageFields(m)
	f["DateUpdated"] = precise(m.updated)
	s.fire(c, n, "onMessageUpdated", f, source)
}

func (s *Server) deleteMessage(c *call) (int, any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, m, err := s.about(c, s.changing)
	if err != nil {
		return 0, nil, err
	}
	n.messages = slices.DeleteFunc(n.messages, func(o *message) bool { return o == m })
	return http.StatusNoContent, nil, nil
}

func (s *Server) wireMessage(n *conversation, m *message) obj {
	url := s.URL() + "/v1/Conversations/" + n.sid + "/Messages/" + m.sid
	w := obj{
		"sid": m.sid, "account_sid": s.opt.Account, "conversation_sid": n.sid, "index": m.index, "author": m.author, "body": null(m.body),
		"attributes": m.attributes, "participant_sid": null(m.participant), "media": nil, "delivery": m.summary(), "content_sid": nil,
		"date_created": stamp(m.created), "date_updated": stamp(m.updated), "url": url, "links": obj{"delivery_receipts": url + "/Receipts"},
	}
	if f := m.media; f != nil {
		w["media"] = []obj{{"sid": f.sid, "category": "media", "content_type": f.kind, "filename": f.name, "size": len(f.content)}}
	}
	return w
}
