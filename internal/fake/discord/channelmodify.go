package discord

import "slices"

func (s *Server) modifyChannel(c *call) (reply, error) {
	d, f, err := channelCall(c)
	if err != nil {
		return reply{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.w
	ch, err := s.openChannel(c, 0)
	if err != nil {
		return reply{}, err
	}
	if err := w.mayModify(ch, d); err != nil {
		return reply{}, err
	}
	if d.name.set {
		d.name.value = w.checkName(ch.Type, d.name.value, f)
	}
	if d.parent.set {
		w.checkParent(string(d.parent.value), ch.ParentID, f)
	}
	w.checkOverwrites(d.overwrites.value, f)
	if err := f.err(); err != nil {
		return reply{}, err
	}
	if d.name.set && d.name.value != ch.Name || d.topic.set && d.topic.value != ch.Topic {
		if err := w.renamed(ch); err != nil {
			return reply{}, err
		}
	}
	w.modify(ch, d)
	return ok(ch.Channel)
}

// mayModify says whether the bot may make these changes.
func (w *world) mayModify(ch *channel, d channelDraft) error {
	if ch.Type == TypeDM {
		return errChannelType
	}
	if ch.isThread() {
		if ch.OwnerID == w.botID && !d.locked.set {
			return nil
		}
		return w.may(w.botID, ch, ManageThreads)
	}
	need := ManageChannels
	if d.overwrites.set {
		need |= ManageRoles
	}
	if err := w.may(w.botID, ch, need); err != nil {
		return err
	}
	return w.mayGrant(newGrants(ch.Overwrites, d.overwrites.value))
}

// newGrants are the overwrites that differ from what stands already.
func newGrants(old, list []Overwrite) []Overwrite {
	return slices.DeleteFunc(slices.Clone(list), func(o Overwrite) bool { return slices.Contains(old, o) })
}

// modify applies a checked draft.
func (w *world) modify(ch *channel, d channelDraft) {
	put(&ch.Name, d.name)
	put(&ch.Topic, d.topic)
	put(&ch.Position, d.position)
	put(&ch.RateLimitPerUser, d.slow)
	put(&ch.NSFW, d.nsfw)
	put(&ch.Overwrites, d.overwrites)
	d.tags.value = w.tagged(d.tags.value)
	put(&ch.AvailableTags, d.tags)
	if d.applied.set {
		ch.AppliedTags = texts(d.applied.value)
	}
	if d.parent.set && !ch.isThread() && string(d.parent.value) != ch.ParentID {
		w.move(ch, string(d.parent.value))
	}
	event := "CHANNEL_UPDATE"
	if ch.isThread() {
		event = "THREAD_UPDATE"
		meta := *ch.Thread
		if d.archived.set && d.archived.value != meta.Archived {
			meta.ArchiveTimestamp = timeField(w.now())
		}
		put(&meta.Archived, d.archived)
		put(&meta.Locked, d.locked)
		put(&meta.AutoArchiveDuration, d.duration)
		ch.Thread = &meta
	}
	w.emit(event, intentGuilds, ch, ch.Channel, nil)
	w.announce()
}

func (w *world) move(ch *channel, parentID string) {
	if p := w.channels[ch.ParentID]; p != nil {
		p.children--
	}
	if p := w.channels[parentID]; p != nil {
		p.children++
	}
	ch.ParentID = parentID
}

// put takes over a member that the body set.
func put[T any](to *T, from field[T]) {
	if from.set {
		*to = from.value
	}
}
