package discord

import (
	"fmt"
	"slices"
)

func (w *world) checkOverwrites(list []Overwrite, f *form) {
	for i, o := range list {
		at := fmt.Sprintf("permission_overwrites.%d", i)
		switch {
		case o.ID == "":
			f.required(at + ".id")
		case o.Type == OverwriteRole && w.role(o.ID) == nil:
			f.add(at, "INVALID_ROLE_OR_MEMBER", "Invalid role or member")
		case o.Type != OverwriteRole && o.Type != OverwriteMember:
			f.add(at+".type", "BASE_TYPE_CHOICES", "Value must be one of {0, 1}.")
		}
	}
}

func (w *world) mayGrant(list []Overwrite) error {
	has := w.basePermissions(w.botID)
	for _, o := range list {
		if (o.Allow|o.Deny)&^has != 0 || (o.Allow|o.Deny)&ManageRoles != 0 && has&Administrator == 0 {
			return errMissingPermissions
		}
	}
	return nil
}

func (s *Server) putOverwrite(c *call) (reply, error) {
	o, err := c.object()
	if err != nil {
		return reply{}, err
	}
	id, err := c.id("overwrite")
	if err != nil {
		return reply{}, err
	}
	f := newForm()
	over := Overwrite{ID: id, Type: take[int](o, "type", f).value,
		Allow: take[Permissions](o, "allow", f).value, Deny: take[Permissions](o, "deny", f).value}
	s.mu.Lock()
	defer s.mu.Unlock()
	ch, err := s.openChannel(c, ManageRoles)
	if err != nil {
		return reply{}, err
	}
	s.w.checkOverwrites([]Overwrite{over}, f)
	if err := f.err(); err != nil {
		return reply{}, err
	}
	if err := s.w.mayGrant([]Overwrite{over}); err != nil {
		return reply{}, err
	}
	s.w.setOverwrite(ch, over)
	return noContent()
}

func (w *world) setOverwrite(c *channel, o Overwrite) {
	c.Overwrites = append(slices.DeleteFunc(slices.Clone(c.Overwrites), func(x Overwrite) bool { return x.ID == o.ID }), o)
	w.emit("CHANNEL_UPDATE", intentGuilds, c, c.Channel, nil)
	w.announce()
}

func (s *Server) deleteOverwrite(c *call) (reply, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch, err := s.openChannel(c, ManageRoles)
	if err != nil {
		return reply{}, err
	}
	id := c.r.PathValue("overwrite")
	list := slices.DeleteFunc(slices.Clone(ch.Overwrites), func(x Overwrite) bool { return x.ID == id })
	if len(list) == len(ch.Overwrites) {
		return reply{}, errUnknownOverwrite
	}
	ch.Overwrites = list
	s.w.emit("CHANNEL_UPDATE", intentGuilds, ch, ch.Channel, nil)
	s.w.announce()
	return noContent()
}
