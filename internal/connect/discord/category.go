package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	api "kefu/internal/discord"
)

const (
	ownCategory     = "Tickets"
	archiveCategory = "Archived"
	roomsKey        = "categories"
	archivesKey     = "archives"
	// fullFor is how long a category that was full is passed over: closing tickets makes room again.
	fullFor = time.Minute
	// maxCategories bounds the growth of a pool: 500 channels fill ten categories.
	maxCategories = 20
)

// formParent is the part of Discord's form errors that is about the category.
const formParent = "parent_id"

// errNoRoom says that a pool has no category left that is not full, and may not grow.
var errNoRoom = errors.New("every category is full")

// pool is a row of categories that channels are put into, first to last; it grows at its end.
type pool struct {
	turn chan struct{} // held while the pool is read or grows; waiting for it obeys contexts
	made []string      // ids of the categories that Kefu made or adopted
	read bool          // made is what State has
	full map[string]time.Time
	seen map[string]seenCategory
}

type seenCategory struct {
	overwrites []api.Overwrite
	at         time.Time
}

func newPool() *pool {
	return &pool{turn: make(chan struct{}, 1), full: map[string]time.Time{}, seen: map[string]seenCategory{}}
}

func (p *pool) enter(ctx context.Context) error {
	select {
	case p.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *pool) leave() { <-p.turn }

// category says where a pool's categories come from.
type category struct {
	pool  *pool
	key   string   // in State
	fixed []string // chosen by the operator
	name  string   // of the first one that Kefu makes
}

func (c *Connector) ticketCategories() category {
	return category{pool: c.rooms, key: roomsKey, fixed: c.set.ticketCategories, name: ownCategory}
}

func (c *Connector) archiveCategories() category {
	return category{pool: c.archives, key: archivesKey, name: archiveCategory}
}

// home gives the category that the next channel goes into, and what a channel there is to allow and deny. It makes one if need be.
func (c *Connector) home(ctx context.Context, k category) (id string, overwrites []api.Overwrite, err error) {
	if err := k.pool.enter(ctx); err != nil {
		return "", nil, err
	}
	defer k.pool.leave()
	if err := c.readPool(ctx, k); err != nil {
		return "", nil, err
	}
	for _, id := range slices.Concat(k.fixed, k.pool.made) {
		if c.deps.Now().Sub(k.pool.full[id]) < fullFor {
			continue
		}
		overwrites, err := c.overwritesOf(ctx, k.pool, id)
		if channelGone(err) {
			c.drop(ctx, k, id)
			continue
		}
		return id, overwrites, err
	}
	return c.grow(ctx, k)
}

// holds tells whether a category is one of the row.
func (c *Connector) holds(ctx context.Context, k category, id string) (bool, error) {
	if err := k.pool.enter(ctx); err != nil {
		return false, err
	}
	defer k.pool.leave()
	err := c.readPool(ctx, k)
	return slices.Contains(k.fixed, id) || slices.Contains(k.pool.made, id), err
}

func (c *Connector) readPool(ctx context.Context, k category) error {
	if k.pool.read {
		return nil
	}
	text, err := c.deps.State.Load(ctx, k.key)
	if err != nil {
		return errors.Join(errState, err)
	}
	if text != "" && json.Unmarshal([]byte(text), &k.pool.made) != nil {
		k.pool.made = nil // a cache that cannot be read is made again from what the guild has
	}
	k.pool.read = true
	return nil
}

// overwritesOf gives a category's overwrites as a channel in it may have them: the bot can give and take only what it may do itself.
func (c *Connector) overwritesOf(ctx context.Context, p *pool, id string) ([]api.Overwrite, error) {
	if s, ok := p.seen[id]; ok && c.deps.Now().Sub(s.at) < guildFresh {
		return s.overwrites, nil
	}
	ch, err := c.api.Channel(ctx, id)
	if err != nil {
		return nil, err
	}
	s, err := c.guild(ctx)
	if err != nil {
		return nil, err
	}
	p.seen[id] = seenCategory{overwrites: withinReach(ch.Overwrites, s.permissions()), at: c.deps.Now()}
	return p.seen[id].overwrites, nil
}

func withinReach(list []api.Overwrite, mine api.Permissions) []api.Overwrite {
	reach := mine
	if mine != allOverrides {
		reach &^= api.PermissionManageRoles // only administrators may hand this on
	}
	out := make([]api.Overwrite, 0, len(list))
	for _, o := range list {
		o.Allow &= reach
		o.Deny &= reach
		out = append(out, o)
	}
	return out
}

// markFull lets the category be passed over for a while.
func (c *Connector) markFull(ctx context.Context, k category, id string) {
	if k.pool.enter(ctx) != nil {
		return
	}
	defer k.pool.leave()
	k.pool.full[id] = c.deps.Now()
}

// lose forgets a category that is not there any more.
func (c *Connector) lose(ctx context.Context, k category, id string) {
	if k.pool.enter(ctx) != nil {
		return
	}
	defer k.pool.leave()
	c.drop(ctx, k, id)
}

// drop forgets a category; the caller holds the pool. One that the operator chose is only passed over: it may be a slip of theirs.
func (c *Connector) drop(ctx context.Context, k category, id string) {
	k.pool.made = slices.DeleteFunc(k.pool.made, func(s string) bool { return s == id })
	delete(k.pool.seen, id)
	k.pool.full[id] = c.deps.Now()
	c.savePool(ctx, k)
}

func (c *Connector) savePool(ctx context.Context, k category) {
	text, err := json.Marshal(k.pool.made)
	if err == nil {
		err = c.deps.State.Save(ctx, k.key, string(text))
	}
	if err != nil {
		c.log.WarnContext(ctx, "discord: categories not remembered", "err", err)
	}
}

// grow adds the next category: one of the right name that Kefu left behind, else a new one like the first. The caller holds the pool.
func (c *Connector) grow(ctx context.Context, k category) (string, []api.Overwrite, error) {
	if len(k.fixed)+len(k.pool.made) >= maxCategories {
		return "", nil, errNoRoom
	}
	s, err := c.guild(ctx)
	if err != nil {
		return "", nil, err
	}
	channels, err := c.api.GuildChannels(ctx, c.set.guildID)
	if err != nil {
		return "", nil, err
	}
	made, found := c.adopt(s, k, channels)
	if !found {
		made, err = c.create(ctx, c.nextCategory(s, k, channels))
		if err != nil {
			return "", nil, err
		}
	}
	overwrites := withinReach(made.Overwrites, s.permissions())
	k.pool.made = append(k.pool.made, made.ID)
	k.pool.seen[made.ID] = seenCategory{overwrites: overwrites, at: c.deps.Now()}
	c.savePool(ctx, k)
	return made.ID, overwrites, nil
}

// adopt finds a category of the pool's name that is not in it yet: another node made it, or State was lost. One that everybody can see
// is somebody else's, and customers' talk does not belong there.
func (c *Connector) adopt(s *server, k category, channels []api.Channel) (api.Channel, bool) {
	known := slices.Concat(k.fixed, k.pool.made)
	base := baseName(k, channels)
	for _, ch := range channels {
		if k.fits(s, ch, base) && !slices.Contains(known, ch.ID) && c.deps.Now().Sub(k.pool.full[ch.ID]) >= fullFor {
			return ch, true
		}
	}
	return api.Channel{}, false
}

// fits tells whether ch can be one of the pool. How open the operator's own categories are is the operator's choice.
func (k category) fits(s *server, ch api.Channel, base string) bool {
	return ch.Type == api.ChannelCategory && numbered(ch.Name, base) && (len(k.fixed) > 0 || !s.everyoneMaySee(ch))
}

// nextCategory is a category like the pool's first one, with the next number after its name.
func (c *Connector) nextCategory(s *server, k category, channels []api.Channel) api.ChannelCreate {
	base := baseName(k, channels)
	taken := 0
	for _, ch := range channels {
		if k.fits(s, ch, base) {
			taken++
		}
	}
	name := base
	if n := max(taken, len(k.fixed)+len(k.pool.made)); n > 0 {
		name = fmt.Sprintf("%s %d", base, n+1)
	}
	create := api.ChannelCreate{Name: cut(name, api.MaxChannelName), Type: api.ChannelCategory, Overwrites: c.private(s)}
	if first, ok := firstOf(k, channels); ok {
		create.Overwrites = withinReach(first.Overwrites, s.permissions())
	}
	return create
}

func firstOf(k category, channels []api.Channel) (api.Channel, bool) {
	for _, id := range slices.Concat(k.fixed, k.pool.made) {
		if i := slices.IndexFunc(channels, func(ch api.Channel) bool { return ch.ID == id }); i >= 0 {
			return channels[i], true
		}
	}
	return api.Channel{}, false
}

// baseName is what the pool's categories are named after: the operator's first one, else Kefu's own word.
func baseName(k category, channels []api.Channel) string {
	if len(k.fixed) == 0 {
		return k.name
	}
	if i := slices.IndexFunc(channels, func(ch api.Channel) bool { return ch.ID == k.fixed[0] }); i >= 0 {
		return channels[i].Name
	}
	return k.name
}

// numbered tells whether name is base, alone or with a number after it.
func numbered(name, base string) bool {
	rest, ok := strings.CutPrefix(name, base)
	return ok && (rest == "" || strings.HasPrefix(rest, " ") && snowflake(rest[1:]))
}

// private keeps @everyone out and lets the bot and the staff's roles in. Administrators see everything anyway.
func (c *Connector) private(s *server) []api.Overwrite {
	desk := api.PermissionViewChannel | api.PermissionSendMessages | api.PermissionReadMessageHistory | api.PermissionEmbedLinks |
		api.PermissionAttachFiles | api.PermissionAddReactions | api.PermissionUseCommands
	own := desk | api.PermissionManageChannels
	list := []api.Overwrite{
		{ID: c.set.guildID, Type: api.OverwriteRole, Deny: api.PermissionViewChannel},
		{ID: s.botID, Type: api.OverwriteMember, Allow: own},
	}
	for _, role := range c.set.agentRoles {
		list = append(list, api.Overwrite{ID: role, Type: api.OverwriteRole, Allow: desk})
	}
	return withinReach(list, s.permissions())
}

// Form errors of making or moving a channel.

func categoryFull(err error) bool {
	var e *api.APIError
	return errors.As(err, &e) && e.HasForm(api.FormCategoryFull)
}

// categoryWrong tells whether Discord refused the category for another reason than that it is full: it was deleted, or is none.
func categoryWrong(err error) bool { return formAbout(err, formParent) && !categoryFull(err) }

// nameRefused tells whether Discord refused the channel's name, for its words or for anything else.
func nameRefused(err error) bool { return formAbout(err, "name") }

func formAbout(err error, field string) bool {
	var e *api.APIError
	return errors.As(err, &e) && slices.ContainsFunc(e.Errors, func(f api.FieldError) bool { return f.Path == field })
}

// mayNot tells whether the bot lacks a permission for what it tried.
func mayNot(err error) bool { return statusOf(err) == 403 && forbids(api.Code(err)) }
