package chatwoot

import (
	"cmp"
	"maps"
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
	maps.Copy(out, c.members)
	inboxes := []object{}
	for _, in := range w.inboxes {
		if source, ok := c.sources[in["id"].(int64)]; ok {
			inboxes = append(inboxes, object{"source_id": source, "inbox": in})
		}
	}
	out["contact_inboxes"] = inboxes
	return out
}

// sender is a contact as it stands beside its messages.
func (c *contact) sender(w *world) object {
	all := c.json(w)
	delete(all, "contact_inboxes")
	return all
}

// json is a message as answers have it: the type is a number, the time counts seconds.
func (m *message) json(v *conversation) object {
	out := m.common()
	out["message_type"], out["created_at"], out["conversation_id"], out["inbox_id"] = kinds(m.kind), m.created.Unix(), v.id, v.inbox
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
		"source_id": m.source, "sender": m.sender, "status": cmp.Or(m.status, "sent"),
	}
	if m.failure != "" {
		attributes := clone(m.attributes)
		attributes["external_error"] = m.failure
		out["content_attributes"] = attributes
	}
	if m.echo != nil {
		out["echo_id"] = m.echo
	}
	if len(m.files) > 0 {
		out["attachments"] = m.files
	}
	return out
}

func (v *conversation) json(w *world, account int64) object {
	out := v.common(w)
	out["account_id"], out["created_at"], out["last_activity_at"], out["timestamp"] = account, v.created.Unix(), v.active.Unix(), v.active.Unix()
	out["updated_at"] = at(v.updated)
	last := []object{}
	if n := len(v.messages); n > 0 {
		last = append(last, v.messages[n-1].json(v))
	}
	out["messages"] = last
	return out
}

func (v *conversation) hook(w *world) object {
	out := v.common(w)
	out["created_at"], out["last_activity_at"], out["timestamp"] = v.created.Unix(), v.active.Unix(), v.active.Unix()
	out["updated_at"] = at(v.updated)
	out["channel"] = w.inboxOf(v.inbox)["channel_type"]
	out["contact_inbox"] = object{"contact_id": v.contact.id, "inbox_id": v.inbox, "source_id": v.source}
	last := []object{}
	if n := len(v.messages); n > 0 {
		last = append(last, v.messages[n-1].hook())
	}
	out["messages"] = last
	return out
}

func (v *conversation) common(w *world) object {
	meta := object{"sender": v.contact.json(w), "channel": w.inboxOf(v.inbox)["channel_type"], "assignee": nil, "team": nil}
	if v.assignee != nil {
		meta["assignee"] = v.assignee
	}
	if v.team != nil {
		meta["team"] = v.team
	}
	return object{
		"id": v.id, "inbox_id": v.inbox, "status": v.status, "priority": v.priority, "labels": slices.Clone(v.labels), "custom_attributes": v.custom,
		"additional_attributes": v.extra, "snoozed_until": v.snoozed, "can_reply": true, "unread_count": 0, "meta": meta,
	}
}
