package switchboard

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/store"
)

// CreateInbox makes an inbox. Its settings are checked by its channel. The id of a deleted inbox of the same channel can be used again.
func (b *Switchboard) CreateInbox(ctx context.Context, ask kefu.Ask, ch InboxChange) (InboxView, error) {
	if err := everything(ask.Caller); err != nil {
		return InboxView{}, err
	}
	return b.committed(do(ctx, b, ask, func(c *change) (InboxView, error) {
		i := store.Inbox{ID: ch.ID.Value, Channel: ch.Channel.Value, CreatedAt: c.Now, UpdatedAt: c.Now}
		var f kefu.Faults
		if !inboxIDPattern.MatchString(string(i.ID)) {
			f.Add("id", "is needed: a to z, 0 to 9, _ and -, at most 63 characters")
		}
		if err := b.applyInbox(&f, &i, nil, ch); err != nil {
			return InboxView{}, err
		}
		fresh, err := c.InsertInbox(i)
		if err == nil && !fresh {
			err = c.reviveInbox(&i)
		}
		if err != nil {
			return InboxView{}, err
		}
		return b.audited(c, ask.Caller, "inbox.created", i)
	}))
}

// reviveInbox takes a deleted inbox of the same channel up again under its id.
func (c *change) reviveInbox(i *store.Inbox) error {
	old, err := c.LockInbox(i.ID)
	if err != nil {
		return err
	}
	if old.DeletedAt.IsZero() || old.Channel != i.Channel {
		return taken("inbox", "id", string(i.ID))
	}
	i.CreatedAt = old.CreatedAt
	return c.Tx.UpdateInbox(*i)
}

// UpdateInbox changes the members that are present. An inbox that was made in the file is changed there.
func (b *Switchboard) UpdateInbox(ctx context.Context, ask kefu.Ask, id kefu.InboxID, ch InboxChange) (InboxView, error) {
	if err := everything(ask.Caller); err != nil {
		return InboxView{}, err
	}
	return b.committed(do(ctx, b, ask, func(c *change) (InboxView, error) {
		i, err := b.lockInbox(c, ask, id)
		if err != nil {
			return InboxView{}, err
		}
		have, err := b.settingsOf(i)
		if err != nil {
			return InboxView{}, err
		}
		var f kefu.Faults
		if ch.ID.Given && ch.ID.Value != i.ID {
			f.Add("id", "never changes")
		}
		if ch.Channel.Given && ch.Channel.Value != i.Channel {
			f.Add("channel", "never changes: make another inbox")
		}
		if err := b.applyInbox(&f, &i, have, ch); err != nil {
			return InboxView{}, err
		}
		if err := c.Tx.UpdateInbox(i); err != nil {
			return InboxView{}, err
		}
		i.UpdatedAt = c.Now
		return b.audited(c, ask.Caller, "inbox.updated", i)
	}))
}

// DeleteInbox takes an inbox out of use. Its conversations stay; while one of them is not closed it is a conflict.
func (b *Switchboard) DeleteInbox(ctx context.Context, ask kefu.Ask, id kefu.InboxID) error {
	if err := everything(ask.Caller); err != nil {
		return err
	}
	_, err := b.committed(do(ctx, b, ask, func(c *change) (InboxView, error) {
		i, err := b.lockInbox(c, ask, id)
		if err != nil {
			return InboxView{}, err
		}
		used, err := c.InboxInUse(id)
		if err == nil && used {
			err = kefu.Errorf(kefu.KindConflict, "conversations of this inbox are not closed: close them first")
		}
		if err != nil {
			return InboxView{}, err
		}
		i.DeletedAt, i.Settings = c.Now, ""
		if err := c.Tx.UpdateInbox(i); err != nil {
			return InboxView{}, err
		}
		return b.audited(c, ask.Caller, "inbox.deleted", i)
	}))
	return err
}

// everything refuses who does not see everything: an inbox is everybody's matter.
func everything(by kefu.Caller) error {
	if by.Kind == kefu.CallerSystem || by.Kind == kefu.CallerAgent && by.Role == kefu.RoleAdmin || by.Kind == kefu.CallerClient && !by.Bound {
		return nil
	}
	return kefu.Errorf(kefu.KindForbidden, "inboxes are changed by admins, and by programs that are not bound to inboxes or teams")
}

// committed calls the hook of a change that was committed.
func (b *Switchboard) committed(out InboxView, err error) (InboxView, error) {
	if err == nil && b.changed != nil {
		b.changed()
	}
	return out, err
}

func (b *Switchboard) audited(c *change, by kefu.Caller, action string, i store.Inbox) (InboxView, error) {
	out, err := b.showInbox(i, kefu.Sight{Kind: kefu.SeesAll}, c.Now)
	if err != nil {
		return out, err
	}
	return out, c.Audit(by, action, string(i.ID), map[string]any{"channel": i.Channel})
}

func (b *Switchboard) lockInbox(c *change, ask kefu.Ask, id kefu.InboxID) (store.Inbox, error) {
	i, err := c.LockInbox(id)
	if err != nil {
		return i, found(err, "inbox")
	}
	if !i.DeletedAt.IsZero() {
		return i, kefu.Errorf(kefu.KindNotFound, "no inbox with this id")
	}
	if i.Provisioned {
		return i, kefu.Errorf(kefu.KindConflict, "this inbox was made in the configuration file: change it there")
	}
	shown, err := b.showInbox(i, kefu.Sight{Kind: kefu.SeesAll}, c.Now)
	if err != nil {
		return i, err
	}
	return i, ask.Match(shown)
}

// applyInbox changes name, hours and settings, names every fault, and seals what came out.
func (b *Switchboard) applyInbox(f *kefu.Faults, i *store.Inbox, have map[string]any, ch InboxChange) error {
	ch.Name.Set(&i.Name)
	if i.Name = strings.TrimSpace(i.Name); i.Name == "" {
		i.Name = string(i.ID)
	}
	checkText(f, "name", i.Name, 0, 100)
	about := b.descriptor(f, i.Channel)
	if ch.Settings.Null {
		have = nil
	}
	ch.applyHours(f, i)
	settings := changeSettings(f, about.Fields, have, ch.Settings.Value)
	if err := f.Err("the inbox cannot be kept"); err != nil {
		return err
	}
	raw, err := json.Marshal(settings)
	if err != nil {
		return err
	}
	if i.Channel != ProgramChannel {
		if err := b.channels.Check(connector.Inbox{ID: i.ID, Channel: i.Channel, Name: i.Name, Settings: raw}); err != nil {
			return err
		}
	}
	i.Settings, err = b.box.Seal(string(raw), "inbox/"+string(i.ID))
	return err
}

// InboxView reads one inbox.
func (b *Switchboard) InboxView(ctx context.Context, by kefu.Caller, id kefu.InboxID) (InboxView, error) {
	return look(ctx, b, by, func(tx *store.Tx, sight kefu.Sight) (InboxView, error) {
		i, err := tx.Inbox(id)
		if err != nil {
			return InboxView{}, found(err, "inbox")
		}
		shown := sight.Kind != "" && sight.Kind != kefu.SeesOneContact && (sight.Kind != kefu.SeesBound || slices.Contains(sight.Inboxes, id))
		if !i.DeletedAt.IsZero() || !shown {
			return InboxView{}, kefu.Errorf(kefu.KindNotFound, "no inbox with this id")
		}
		return b.showInbox(i, sight, tx.Now)
	})
}

// InboxViews lists inboxes, oldest first; channel "" is all.
func (b *Switchboard) InboxViews(ctx context.Context, by kefu.Caller, channel string, p Paging) (List[InboxView], error) {
	page, err := store.PageOf(p, false)
	if err != nil {
		return List[InboxView]{}, err
	}
	return look(ctx, b, by, func(tx *store.Tx, sight kefu.Sight) (List[InboxView], error) {
		rows, err := tx.Inboxes(sight, channel, page)
		out := store.CutPage(rows, p, func(i store.Inbox) InboxView {
			shown, showErr := b.showInbox(i, sight, tx.Now)
			if err == nil {
				err = showErr
			}
			return shown
		}, func(i store.Inbox) (time.Time, string) { return i.CreatedAt, string(i.ID) })
		return out, err
	})
}

// Channels lists the channels, for forms.
func (b *Switchboard) Channels() List[Channel] {
	out := List[Channel]{Items: []Channel{}}
	for _, d := range b.descriptors() {
		shown := Channel{Kind: d.Kind, Title: d.Title, Customer: d.Customer, Desk: d.Desk, Fields: []ChannelField{}, Capabilities: append([]string{}, d.Capabilities...)}
		for _, f := range d.Fields {
			shown.Fields = append(shown.Fields, ChannelField{Name: f.Name, Type: f.Type, Required: f.Required, Default: f.Default,
				Label: f.Label, Doc: f.Doc})
		}
		out.Items = append(out.Items, shown)
	}
	return out
}
