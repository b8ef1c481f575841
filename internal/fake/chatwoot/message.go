package chatwoot

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
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
			return refuse(http.StatusUnprocessableEntity, err.Error())
		}
		m := &message{content: c.text("content"), kind: c.text("message_type"), contentType: c.text("content_type"),
			private: c.in["private"] == true || c.in["private"] == "true", attributes: c.object("content_attributes"), echo: c.in["echo_id"], source: c.in["source_id"]}
		if words := s.checkMessage(c, v, m); words != "" {
			return refuse(http.StatusUnprocessableEntity, words)
		}
		if m.content == "" && len(files) == 0 {
			return refuse(http.StatusUnprocessableEntity, "Validation failed: Content can't be blank")
		}
		if m.sender = c.who(); m.kind == "incoming" {
			m.sender = v.contact.sender(&s.w)
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
		return "Validation failed: Content is too long (maximum is 150000 characters)"
	case s.flooded(v):
		return "Validation failed: Too many messages"
	}
	return checkContent(m.contentType, c.in["content_attributes"])
}

// flooded tells that a conversation has had as many messages in the last minute as Chatwoot takes, whoever wrote them.
func (s *Server) flooded(v *conversation) bool {
	border, n := s.o.Now().Add(-time.Minute), 0
	for _, m := range slices.Backward(v.messages) {
		if m.created.Before(border) {
			break
		}
		n++
	}
	return s.o.PerMinute > 0 && n >= s.o.PerMinute
}

// append adds a message to a conversation and tells the hooks. A customer's message first opens what was resolved or asleep, so that the
// hook of the message has the new status.
func (s *Server) append(v *conversation, m *message) {
	m.id, m.created = s.w.next(), s.o.Now()
	if m.kind == "outgoing" {
		m.content = rendered(m.content)
	}
	v.messages = append(v.messages, m)
	if m.kind == "incoming" && (v.status == "resolved" || v.status == "snoozed") {
		status := "open"
		if s.w.inboxBot[v.inbox] != 0 && v.status == "resolved" {
			status = "pending"
		}
		s.setStatus(v, status, 0, "")
	}
	v.touch(m.created)
	s.hooks.message("message_created", v, m)
}

// deleteMessage keeps the message and empties it.
func (s *Server) deleteMessage(c *call) answer {
	return in(c, func(v *conversation) answer {
		m := v.message(c.messageID())
		if m == nil {
			return notFound()
		}
		m.remove() // the conversation has not changed by that
		s.hooks.message("message_updated", v, m)
		return ok(m.json(v))
	})
}

// updateMessage sets what became of a message; only the API channel lets its owner say so. A word that is not known changes nothing, and
// what was read is not taken back to delivered.
func (s *Server) updateMessage(c *call) answer {
	return in(c, func(v *conversation) answer {
		m := v.message(c.messageID())
		switch {
		case s.w.inboxOf(v.inbox)["channel_type"] != "Channel::Api":
			return refuse(http.StatusForbidden, "Message status update is only allowed for API inboxes")
		case m == nil:
			return notFound()
		}
		status := c.text("status")
		if slices.Contains([]string{"sent", "delivered", "read", "failed"}, status) && (m.status != "read" || status != "delivered") {
			s.setMessageStatus(v, m, status, c.text("external_error"))
		}
		return ok(m.json(v))
	})
}

func (s *Server) setMessageStatus(v *conversation, m *message, status, reason string) {
	if status != "failed" {
		reason = ""
	}
	if cmp.Or(m.status, "sent") == status && m.failure == reason {
		return
	}
	m.status, m.failure = status, reason
	s.hooks.message("message_updated", v, m)
}

func (c *call) messageID() int64 {
	id, err := strconv.ParseInt(c.PathValue("message"), 10, 64)
	if err != nil {
		return -1
	}
	return id
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
	return object{"id": id, "message_id": nil, "extension": strings.TrimPrefix(path.Ext(name), "."), "file_type": kind, "data_url": s.URL() + "/rails/" + at, "thumb_url": "", "file_size": len(body)}
}

// file is a kept one as it was given.
func (s *Server) file(f object) File {
	at := path.Base(text(f["data_url"]))
	_, name, _ := strings.Cut(at, "-")
	return File{name, s.w.files[at]}
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
