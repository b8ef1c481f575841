package chatwoot

import (
	"maps"
	"slices"
	"time"
)

// Talk is a conversation as the server has it.
type Talk struct {
	ID, Inbox, Contact int64
	Status             string
	SnoozedUntil       time.Time
	Priority           string // "" is none
	Labels             []string
	Assignee           int64 // 0 is nobody
	Attributes         map[string]any
	At                 time.Time // when it began
	Messages           []Said
}

// Said is a message of a Talk.
type Said struct {
	ID          int64
	Kind        string // incoming, outgoing, activity
	Private     bool
	Sender      string
	Content     string
	ContentType string
	Attributes  map[string]any // content_attributes, as it was sent
	SourceID    string
	Files       []File
	At          time.Time
}

// Talk is one conversation; false when there is none of this id.
func (s *Server) Talk(id int64) (Talk, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.w.conversation(id)
	if v == nil {
		return Talk{}, false
	}
	return s.talk(v), true
}

// Talks are all conversations, in the order in which they began.
func (s *Server) Talks() []Talk {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Talk, len(s.w.conversations))
	for i, v := range s.w.conversations {
		all[i] = s.talk(v)
	}
	return all
}

func (s *Server) talk(v *conversation) Talk {
	t := Talk{ID: v.id, Inbox: v.inbox, Contact: v.contact.id, Status: v.status, Labels: slices.Clone(v.labels), Attributes: clone(v.custom), At: v.created}
	t.Priority, _ = v.priority.(string)
	t.Assignee, _ = v.assignee["id"].(int64)
	if v.snoozed > 0 {
		t.SnoozedUntil = time.Unix(v.snoozed, 0).UTC()
	}
	for _, m := range v.messages {
		one := Said{ID: m.id, Kind: m.kind, Private: m.private, Content: m.content, ContentType: m.contentType, Attributes: clone(m.attributes), At: m.created}
		one.Sender, _ = m.sender["name"].(string)
		one.SourceID, _ = m.source.(string)
		for _, f := range m.files {
			one.Files = append(one.Files, s.file(f))
		}
		t.Messages = append(t.Messages, one)
	}
	return t
}

func clone(o object) map[string]any {
	fresh := make(map[string]any, len(o))
	maps.Copy(fresh, o)
	return fresh
}
