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

// sender is a contact as it stands beside its messages and conversations: without the places where it is known.
func (c *contact) sender(w *world) object {
	all := c.json(w)
	delete(all, "contact_inboxes")
	return all
}

// hook is a contact as hooks have it: nothing says that it is one.
func (c *contact) hook(w *world, account object) object {
	all := c.sender(w)
	for _, name := range []string{"type", "availability_status", "created_at", "last_activity_at"} {
		delete(all, name)
	}
	all["account"], all["avatar"] = account, ""
	return all
}

// pushed is who wrote a message, or has a conversation, as answers have it: an agent's address is not told.
func pushed(who object) object {
	if who["type"] != "user" {
		return who
	}
	return object{"id": who["id"], "name": who["name"], "available_name": who["name"], "avatar_url": "", "thumbnail": "", "availability_status": "online", "type": "user"}
}

// hooked is who wrote a message as hooks have it.
func hooked(who object, account object) object {
	switch who["type"] {
	case "user":
		return object{"id": who["id"], "name": who["name"], "email": who["email"], "type": "user"}
	case "contact":
		all := clone(who)
		delete(all, "type")
		all["account"], all["avatar"] = account, ""
		return all
	}
	return who
}

// moment is a time as Rails writes it.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// json is a message as answers have it: the type is a number, the time counts seconds.
func (m *message) json(v *conversation) object {
	out := m.common()
	out["message_type"], out["created_at"], out["conversation_id"], out["inbox_id"] = kinds(m.kind), m.created.Unix(), v.id, v.inbox
	out["sender"], out["status"] = pushed(m.sender), cmp.Or(m.status, "sent")
	if m.echo != nil {
		out["echo_id"] = m.echo
	}
	return out
}

// hook is a message as hooks have it: the type is a word, the time a text. The inbox has an id and a name, the conversation has the rest.
func (m *message) hook(v *conversation, w *world, account object) object {
	out := m.common()
	out["message_type"], out["created_at"], out["additional_attributes"] = m.kind, moment(m.created), object{}
	out["account"], out["sender"], out["conversation"] = account, hooked(m.sender, account), v.hook(w, account)
	if in := w.inboxOf(v.inbox); in != nil {
		out["inbox"] = object{"id": in["id"], "name": in["name"]}
	}
	return out
}

func (m *message) common() object {
	out := object{
		"id": m.id, "content": m.content, "private": m.private, "content_type": m.contentType, "content_attributes": m.attributes, "source_id": m.source,
	}
	if m.failure != "" {
		attributes := clone(m.attributes)
		attributes["external_error"] = m.failure
		out["content_attributes"] = attributes
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

// hook is a conversation as hooks have it. The last message is one that the customer sees, and it is written as in an answer.
func (v *conversation) hook(w *world, account object) object {
	out := v.common(w)
	out["created_at"], out["last_activity_at"], out["timestamp"] = v.created.Unix(), v.active.Unix(), v.active.Unix()
	out["updated_at"], out["account"] = at(v.updated), account
	out["channel"] = w.inboxOf(v.inbox)["channel_type"]
	out["contact_inbox"] = object{"contact_id": v.contact.id, "inbox_id": v.inbox, "source_id": v.source}
	last := []object{}
	for _, m := range slices.Backward(v.messages) {
		if m.kind != "activity" && !m.private {
			last = append(last, m.json(v))
			break
		}
	}
	out["messages"] = last
	if meta, ok := out["meta"].(object); ok && v.assignee != nil {
		meta["assignee"] = pushed(v.assignee)
	}
	return out
}

func (v *conversation) common(w *world) object {
	meta := object{"sender": v.contact.sender(w), "channel": w.inboxOf(v.inbox)["channel_type"], "assignee": nil, "assignee_type": nil, "team": nil}
	if v.assignee != nil {
		meta["assignee"], meta["assignee_type"] = v.assignee, "User"
	}
	if v.team != nil {
		meta["team"] = v.team
	}
	return object{
		"id": v.id, "inbox_id": v.inbox, "status": v.status, "priority": v.priority, "labels": slices.Clone(v.labels), "custom_attributes": v.custom,
		"additional_attributes": v.extra, "snoozed_until": v.sleeps(), "can_reply": true, "unread_count": 0, "meta": meta,
	}
}

// sleeps is until when, as Rails writes a time; nil is nothing.
func (v *conversation) sleeps() any {
	if v.snoozed == 0 {
		return nil
	}
	return moment(time.Unix(v.snoozed, 0))
}
