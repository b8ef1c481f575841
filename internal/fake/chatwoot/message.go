package chatwoot

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

const (
	messagesPage  = 20
	messagesAfter = 100
	maxFile       = 40 << 20
)

// listMessages gives the last 20, the 20 before one, or the 100 after one.
func (s *Server) listMessages(c *call) answer {
	return in(c, func(v *conversation) answer {
		q := c.URL.Query()
		before, _ := strconv.ParseInt(q.Get("before"), 10, 64)
		after, _ := strconv.ParseInt(q.Get("after"), 10, 64)
		list := slices.Clone(v.messages)
		list = slices.DeleteFunc(list, func(m *message) bool { return before > 0 && m.id >= before || after > 0 && m.id <= after })
		if after > 0 {
			list = list[:min(len(list), messagesAfter)]
		} else {
			list = list[max(0, len(list)-messagesPage):]
		}
		payload := make([]object, len(list))
		for i, m := range list {
			payload[i] = m.json(v)
		}
		return ok(object{"meta": object{"labels": v.labels}, "payload": payload})
	})
}

func (s *Server) createMessage(c *call) answer {
	return in(c, func(v *conversation) answer {
		files, err := c.readForm()
		if err != nil {
			return invalid(err.Error())
		}
		m := &message{content: c.text("content"), kind: c.text("message_type"), contentType: c.text("content_type"),
			private: c.in["private"] == true || c.in["private"] == "true", attributes: c.object("content_attributes"), echo: c.in["echo_id"], source: c.in["source_id"]}
		if words := s.checkMessage(c, v, m); words != "" {
			return invalid(words)
		}
		if m.content == "" && len(files) == 0 {
			return invalid("Content can't be blank")
		}
		m.sender = s.w.agents[0]
		switch {
		case m.kind == "incoming":
			m.sender = v.contact.json(&s.w)
		case c.bot:
			m.sender = object{"id": int64(1), "name": "bot", "type": "agent_bot"}
		}
		for _, f := range files {
			m.files = append(m.files, s.keep(f.name, f.body))
		}
		s.append(v, m)
		return ok(m.json(v))
	})
}

// checkMessage fills in the defaults and says what Chatwoot would refuse.
func (s *Server) checkMessage(c *call, v *conversation, m *message) string {
	if m.kind == "" {
		m.kind = "outgoing"
	}
	if m.contentType == "" {
		m.contentType = "text"
	}
	switch {
	case m.kind != "incoming" && m.kind != "outgoing":
		return "'" + m.kind + "' is not a valid message_type"
	case m.kind == "incoming" && s.w.inboxOf(v.inbox)["channel_type"] != "Channel::Api":
		return "Incoming messages are only allowed in Api inboxes"
	case len([]rune(m.content)) > 150_000:
		return "Content is too long (maximum is 150000 characters)"
	}
	return checkContent(m.contentType, c.in["content_attributes"])
}

// append adds a message to a conversation and tells the hooks. A customer's message opens what was resolved or asleep.
func (s *Server) append(v *conversation, m *message) {
	m.id, m.created = s.w.next(), s.o.Now()
	v.messages = append(v.messages, m)
	v.touch(m.created)
	s.hooks.message("message_created", v, m)
	if m.kind == "incoming" && (v.status == "resolved" || v.status == "snoozed") {
		before := v.status
		v.status, v.snoozed = "open", nil
		if s.w.inboxBot[v.inbox] != 0 && before == "resolved" {
			v.status = "pending"
		}
		s.changed("conversation_status_changed", v, "status", before, v.status)
	}
}

type upload struct {
	name string
	body []byte
}

// readForm reads a multipart body into the members, and gives its files.
func (c *call) readForm() ([]upload, error) {
	kind, params, _ := mime.ParseMediaType(c.Header.Get("Content-Type")) // what cannot be read is not this kind
	if kind != "multipart/form-data" {
		return nil, nil
	}
	c.in = object{}
	var files []upload
	for r := multipart.NewReader(bytes.NewReader(c.body), params["boundary"]); ; {
		p, err := r.NextPart()
		if err != nil {
			if err == io.EOF { //nolint:errorlint // documented: bare
				return files, nil
			}
			return nil, err
		}
		body, err := io.ReadAll(io.LimitReader(p, maxFile+1))
		if err != nil {
			return nil, err
		}
		if p.FormName() == "attachments[]" {
			files = append(files, upload{p.FileName(), body})
			continue
		}
		c.in[p.FormName()] = string(body)
		if p.FormName() == "content_attributes" {
			var o object
			_ = json.Unmarshal(body, &o) // a text is none
			c.in["content_attributes"] = o
		}
	}
}

// keep stores a file and gives it as a message has it.
func (s *Server) keep(name string, body []byte) object {
	id := s.w.next()
	at := strconv.FormatInt(id, 10) + "-" + strings.ReplaceAll(name, "/", "_")
	s.w.files[at] = body
	kind := "file"
	if strings.HasPrefix(http.DetectContentType(body), "image/") {
		kind = "image"
	}
	return object{"id": id, "file_type": kind, "data_url": s.URL() + "/rails/" + at, "thumb_url": "", "file_size": len(body)}
}

func (s *Server) serveFile(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	body, found := s.w.files[r.PathValue("name")]
	s.mu.Unlock()
	if !found {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", http.DetectContentType(body))
	_, _ = w.Write(body) // the client may be gone
}
