package chatwoot

import (
	"slices"
	"time"
)

// kinds are the numbers of the message types in answers.
func kinds(kind string) int {
	return slices.Index([]string{"incoming", "outgoing", "activity", "template"}, kind)
}

func (w *world) inboxOf(id int64) object { return byID(w.inboxes, id) }

func (c *contact) json(w *world) object {
	out := object{
		"id": c.id, "custom_attributes": c.custom, "additional_attributes": c.extra, "thumbnail": "", "availability_status": "offline",
		"created_at": c.created.Unix(), "last_activity_at": nil, "blocked": false, "type": "contact",
		"name": nil, "email": nil, "phone_number": nil, "identifier": nil,
	}
	for name, v := range c.members {
		out[name] = v
	}
	inboxes := []object{}
	for _, in := range w.inboxes {
		if source, ok := c.sources[in["id"].(int64)]; ok { //nolint:forcetypeassert // newWorld made it
			inboxes = append(inboxes, object{"source_id": source, "inbox": in})
		}
	}
	out["contact_inboxes"] = inboxes
	return out
}

// json is a message as answers have it: the type is a number, the time counts seconds.
func (m *message) json(c *conversation) object {
	out := m.common()
	out["message_type"], out["created_at"], out["conversation_id"], out["inbox_id"] = kinds(m.kind), m.created.Unix(), c.id, c.inbox
	return out
}

// hook is a message as hooks have it: the type is a word, the time a text.
func (m *message) hook() object {
	out := m.common()
	out["message_type"], out["created_at"] = m.kind, m.created.UTC().Format(time.RFC3339Nano)
	return out
}

func (m *message) common() object {
	out := object{
		"id": m.id, "content": m.content, "private": m.private, "content_type": m.contentType, "content_attributes": m.attributes,
		"source_id": m.source, "sender": m.sender, "status": "sent",
	}
	if m.echo != nil {
		out["echo_id"] = m.echo
	}
	if len(m.files) > 0 {
		out["attachments"] = m.files
	}
	return out
}

func (c *conversation) json(w *world, account int64) object {
	out := c.common(w)
	out["account_id"], out["created_at"], out["last_activity_at"], out["timestamp"] = account, c.created.Unix(), c.active.Unix(), c.active.Unix()
	last := []object{}
	if n := len(c.messages); n > 0 {
		last = append(last, c.messages[n-1].json(c))
	}
	out["messages"] = last
	return out
}

func (c *conversation) hook(w *world) object {
	out := c.common(w)
	out["created_at"], out["last_activity_at"], out["timestamp"] = c.created.Unix(), c.active.Unix(), c.active.Unix()
	out["channel"] = w.inboxOf(c.inbox)["channel_type"]
	out["contact_inbox"] = object{"contact_id": c.contact.id, "inbox_id": c.inbox, "source_id": c.source}
	last := []object{}
	if n := len(c.messages); n > 0 {
		last = append(last, c.messages[n-1].hook())
	}
	out["messages"] = last
	return out
}

func (c *conversation) common(w *world) object {
	meta := object{"sender": c.contact.json(w), "channel": w.inboxOf(c.inbox)["channel_type"], "assignee": nil, "team": nil}
	if c.assignee != nil {
		meta["assignee"] = c.assignee
	}
	if c.team != nil {
		meta["team"] = c.team
	}
	return object{
		"id": c.id, "inbox_id": c.inbox, "status": c.status, "priority": c.priority, "labels": slices.Clone(c.labels), "custom_attributes": c.custom,
		"additional_attributes": c.extra, "snoozed_until": c.snoozed, "can_reply": true, "unread_count": 0, "meta": meta,
	}
}
