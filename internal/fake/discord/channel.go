package discord

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// channelDraft is a channel as a create or modify body wants it.
type channelDraft struct {
	name       field[string]
	kind       field[int]
	topic      field[string]
	parent     field[looseID]
	position   field[int]
	slow       field[int]
	nsfw       field[bool]
	overwrites field[[]Overwrite]
	tags       field[[]ForumTag]
	applied    field[[]looseID]
	archived   field[bool]
	locked     field[bool]
	duration   field[int]
	invitable  field[bool]
}

// channelCall reads a body that makes or changes a channel. The form goes on with what the world decides.
func channelCall(c *call) (channelDraft, *form, error) {
	o, err := c.object()
	if err != nil {
		return channelDraft{}, nil, err
	}
	f := newForm()
	return readChannelDraft(o, f), f, nil
}

func readChannelDraft(o object, f *form) channelDraft {
	d := channelDraft{
		name:       take[string](o, "name", f),
		kind:       take[int](o, "type", f),
		topic:      take[string](o, "topic", f),
		parent:     take[looseID](o, "parent_id", f),
		position:   take[int](o, "position", f),
		slow:       take[int](o, "rate_limit_per_user", f),
		nsfw:       take[bool](o, "nsfw", f),
		overwrites: take[[]Overwrite](o, "permission_overwrites", f),
		tags:       take[[]ForumTag](o, "available_tags", f),
		applied:    take[[]looseID](o, "applied_tags", f),
		archived:   take[bool](o, "archived", f),
		locked:     take[bool](o, "locked", f),
		duration:   take[int](o, "auto_archive_duration", f),
		invitable:  take[bool](o, "invitable", f),
	}
	f.length("topic", d.topic.value, 0, 1024)
	f.count("permission_overwrites", len(d.overwrites.value), 0, 1000)
	f.count("available_tags", len(d.tags.value), 0, 20)
	f.count("applied_tags", len(d.applied.value), 0, 5)
	if d.slow.value < 0 || d.slow.value > 21600 {
		f.add("rate_limit_per_user", "NUMBER_TYPE_MAX", "int value should be between 0 and 21600.")
	}
	return d
}

func (s *Server) createChannel(c *call) (reply, error) {
	d, f, err := channelCall(c)
	if err != nil {
		return reply{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.w
	if w.basePermissions(w.botID)&ManageChannels == 0 {
		return reply{}, errMissingPermissions
	}
	if !d.name.set {
		f.required("name")
	} else {
		d.name.value = w.checkName(d.kind.value, d.name.value, f)
	}
	w.checkKind(d.kind.value, f)
	w.checkParent(string(d.parent.value), "", f)
	w.checkOverwrites(d.overwrites.value, f)
	if err := f.err(); err != nil {
		return reply{}, err
	}
	if err := w.room(d); err != nil {
		return reply{}, err
	}
	made := w.addChannel(Channel{
		Type: d.kind.value, Name: d.name.value, Topic: d.topic.value, ParentID: string(d.parent.value), NSFW: d.nsfw.value,
		RateLimitPerUser: d.slow.value, Overwrites: d.overwrites.value, AvailableTags: d.tags.value, Position: d.position.value,
	})
	return created(made.Channel)
}

// room says whether one more guild channel is possible and allowed.
func (w *world) room(d channelDraft) error {
	if w.inGuild >= w.opt.ChannelsPerGuild {
		return errGuildFull
	}
	if w.kept >= w.opt.MaxMessages {
		return errFull
	}
	return w.mayGrant(d.overwrites.value)
}

func (w *world) checkKind(kind int, f *form) {
	switch kind {
	case TypeText, TypeVoice, TypeCategory, TypeForum:
	case TypeAnnouncement:
		if !w.opt.Community {
			f.add("type", "BASE_TYPE_CHOICES", "Value must be one of {0, 2, 4, 13, 14, 15}.")
		}
	default:
		f.add("type", "BASE_TYPE_CHOICES", "Value must be one of {0, 2, 4, 5, 13, 14, 15}.")
	}
}

// checkParent notes an unknown or full category; a channel that is already in
// it (current) does not count again.
func (w *world) checkParent(parentID, current string, f *form) {
	if parentID == "" || parentID == current {
		return
	}
	p := w.channels[parentID]
	if p == nil || p.Deleted || p.Type != TypeCategory {
		f.add("parent_id", "CHANNEL_PARENT_INVALID", "Category does not exist")
		return
	}
	if p.children >= w.opt.ChannelsPerCategory {
		f.add("parent_id", "CHANNEL_PARENT_MAX_CHANNELS",
			fmt.Sprintf("Maximum number of channels in category reached (%d)", w.opt.ChannelsPerCategory))
	}
}

// mayGrant: a bot can only allow or deny what it has itself.
// addChannel puts a channel into the guild; what it lacks is filled in.
func (w *world) addChannel(c Channel) *channel {
	c.ID, c.GuildID = w.id(), w.guildID
	c.Overwrites = append([]Overwrite{}, c.Overwrites...)
	c.AvailableTags = w.tagged(c.AvailableTags)
	made := &channel{Channel: c}
	if c.Position == 0 {
		made.Position = w.inGuild
	}
	w.channels[c.ID] = made
	w.living = append(w.living, c.ID)
	w.inGuild++
	w.kept++
	if p := w.channels[c.ParentID]; p != nil {
		p.children++
	}
	w.emit("CHANNEL_CREATE", intentGuilds, made, made.Channel, nil)
	w.announce()
	return made
}

// tagged gives ids to the tags that have none.
func (w *world) tagged(list []ForumTag) []ForumTag {
	list = slices.Clone(list)
	for i := range list {
		list[i].ID = cmp.Or(list[i].ID, w.id())
	}
	return list
}

func (s *Server) guildChannels(*call) (reply, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []Channel{}
	for _, id := range s.w.living {
		if c := s.w.channels[id]; !c.isThread() {
			out = append(out, c.Channel)
		}
	}
	return ok(out)
}

// openChannel is the living channel of a call that the bot may use so.
func (s *Server) openChannel(c *call, need Permissions) (*channel, error) {
	id, err := c.id("channel")
	if err != nil {
		return nil, err
	}
	ch, err := s.w.find(id)
	if err != nil {
		return nil, err
	}
	return ch, s.w.may(s.w.botID, ch, need)
}

func (s *Server) readChannel(c *call) (reply, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch, err := s.openChannel(c, 0)
	if err != nil {
		return reply{}, err
	}
	return ok(ch.Channel)
}

func (s *Server) removeChannel(c *call) (reply, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	need := ManageChannels
	if id := c.r.PathValue("channel"); s.w.channels[id] != nil && s.w.channels[id].isThread() {
		need = ManageThreads
	}
	ch, err := s.openChannel(c, need)
	if err != nil {
		return reply{}, err
	}
	s.w.dropChannel(ch)
	return ok(ch.Channel)
}

// dropChannel deletes a channel with its threads; what it held stays readable
// for the ledger. Channels of a deleted category stand free afterwards.
func (w *world) dropChannel(c *channel) {
	c.Deleted = true
	w.living = slices.DeleteFunc(w.living, func(id string) bool { return id == c.ID })
	if p := w.channels[c.ParentID]; p != nil && !c.isThread() {
		p.children--
	}
	event := "CHANNEL_DELETE"
	if c.isThread() {
		event = "THREAD_DELETE"
	} else if c.Type != TypeDM {
		w.inGuild--
	}
	for _, id := range slices.Clone(w.living) {
		child := w.channels[id]
		if child == nil || child.ParentID != c.ID {
			continue
		}
		if child.isThread() {
			w.dropChannel(child)
			continue
		}
		child.ParentID = ""
		w.emit("CHANNEL_UPDATE", intentGuilds, child, child.Channel, nil)
	}
	for _, m := range c.messages {
		m.Deleted = true
	}
	w.emit(event, intentGuilds, c, c.Channel, nil)
	w.announce()
}

func (s *Server) typing(c *call) (reply, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.openChannel(c, SendMessages); err != nil {
		return reply{}, err
	}
	return noContent()
}

// renamed spends one of the few name and topic changes a channel has; the
// headers of the bucket never tell about it.
func (w *world) renamed(c *channel) error {
	if w.opt.RenameLimit < 0 {
		return nil
	}
	now := w.now()
	c.renames = slices.DeleteFunc(c.renames, func(t time.Time) bool { return now.Sub(t) >= w.opt.RenameWindow })
	if len(c.renames) >= w.opt.RenameLimit {
		return &apiError{status: 429, retryAfter: w.opt.RenameWindow - now.Sub(c.renames[0])}
	}
	c.renames = append(c.renames, now)
	return nil
}
