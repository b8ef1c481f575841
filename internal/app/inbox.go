package app

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"golang.org/x/time/rate"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/dispatch"
	"kefu/internal/safehttp"
	"kefu/internal/store"
	"kefu/internal/switchboard"
)

const (
	largestAnswer = 10 << 20 // bytes: a ticket's whole history
	userAgent     = "Kefu/"
)

// inbox is one configured inbox with its connector.
type inbox struct {
	connector.Inbox
	connector connector.Connector
	can       connector.Abilities
	about     connector.Descriptor
	directory *switchboard.Directory
	hours     kefu.Hours
	made      bool // by the API, not in the file
	free      func()
}

func (a *App) buildInboxes(ctx context.Context) (err error) {
	if a.registry, err = connector.NewRegistry(a.Factories...); err != nil {
		return err
	}
	for _, c := range a.configured() {
		in, err := a.buildInbox(c)
		if err != nil {
			return fmt.Errorf("inbox %s: %w", c.ID, err)
		}
		if set, ok := a.cfg.Inbox(c.ID); ok {
			in.hours = set.BusinessHours()
		}
		a.inboxes = append(a.inboxes, in)
	}
	return a.buildMade(ctx)
}

// buildMade adds the inboxes that were made by the API. One that cannot be built any more is left out, loudly: the others must go on.
func (a *App) buildMade(ctx context.Context) error {
	var made []store.Inbox
	err := a.store.View(ctx, func(tx *store.Tx) (err error) {
		made, err = tx.MadeInboxes()
		return err
	})
	if err != nil {
		return err
	}
	for _, m := range made {
		if slices.ContainsFunc(a.inboxes, func(in *inbox) bool { return in.ID == m.ID }) {
			continue // the file has one of this id now
		}
		settings, err := switchboard.OpenSettings(a.box, m)
		if err != nil {
			a.Log.ErrorContext(ctx, "an inbox is left out: its settings cannot be read (was the secret key changed?)", "inbox", m.ID, "error", err)
			continue
		}
		in, err := a.buildInbox(connector.Inbox{ID: m.ID, Channel: m.Channel, Name: m.Name, Settings: settings})
		if err != nil {
			a.Log.ErrorContext(ctx, "an inbox is left out: change its settings", "inbox", m.ID, "error", err)
			continue
		}
		if in.hours, err = switchboard.HoursOf(m); err != nil {
			a.Log.ErrorContext(ctx, "an inbox is always open: set its hours anew", "inbox", m.ID, "error", err)
		}
		in.made = true
		a.inboxes = append(a.inboxes, in)
	}
	return nil
}

// configured are the inboxes of the file, and one for programs that name none.
func (a *App) configured() []connector.Inbox {
	all := make([]connector.Inbox, 0, len(a.cfg.Inboxes)+1)
	there := false
	for _, in := range a.cfg.Inboxes {
		all = append(all, in.Connector())
		there = there || in.ID == switchboard.ProgramInbox
	}
	if !there {
		all = append(all, connector.Inbox{ID: switchboard.ProgramInbox, Channel: switchboard.ProgramChannel, Name: "API", Settings: json.RawMessage("{}")})
	}
	return all
}

// desks are the inboxes that the conversations of an inbox are mirrored to: those of its route, else the only desk there is if that is a
// Discord inbox.
func (a *App) desks(id kefu.InboxID) []kefu.InboxID {
	if to, routed := a.cfg.Route(id); routed {
		return to
	}
	var desks []*inbox
	for _, in := range a.inboxes {
		if in.about.Desk {
			desks = append(desks, in)
		}
	}
	if len(desks) == 1 && desks[0].Channel == "discord" && desks[0].ID != id {
		return []kefu.InboxID{desks[0].ID}
	}
	return nil
}

func (a *App) buildInbox(c connector.Inbox) (*inbox, error) {
	in, err := a.connect(c)
	if err == nil {
		a.later(in.free)
	}
	return in, err
}

// connect builds an inbox with its connector; free gives back what it holds.
func (a *App) connect(c connector.Inbox) (*inbox, error) {
	factory, err := a.registry.Factory(c.Channel)
	if err != nil {
		return nil, err
	}
	in := &inbox{Inbox: c, about: factory.Describe(), directory: &switchboard.Directory{Inbox: c.ID}}
	limits := safehttp.Options{MaxBody: largestAnswer, UserAgent: userAgent + a.Version, Timeout: bodyTime}
	guarded := limits
	guarded.Allow = a.cfg.Egress.Allow
	deps := connector.Deps{Log: a.Log.With("inbox", c.ID), Now: a.now, Operator: a.paced(safehttp.Operator(limits), c.ID), Guarded: safehttp.Guarded(guarded),
		State: switchboard.State{Store: a.store, Inbox: c.ID}, Directory: in.directory, PublicURL: a.cfg.PublicURL, NoPacing: a.NoPacing}
	deps.Files = files{vault: a.vault, client: deps.Guarded}
	in.free = func() {
		deps.Operator.CloseIdleConnections()
		deps.Guarded.CloseIdleConnections()
	}
	if in.connector, err = factory.New(in.Inbox, deps); err != nil {
		return nil, err
	}
	in.can = connector.AbilitiesOf(in.connector)
	return in, nil
}

// paced adds the operator's own limit of calls a second.
func (a *App) paced(c *http.Client, id kefu.InboxID) *http.Client {
	perSecond, set := a.cfg.Pacing[id]
	if !set || a.NoPacing {
		return c
	}
	slowed := *c
	slowed.Transport = pacedTransport{next: c.Transport, limit: rate.NewLimiter(rate.Limit(perSecond), 1)}
	return &slowed
}

type pacedTransport struct {
	next  http.RoundTripper
	limit *rate.Limiter
}

// RoundTrip waits for its turn, or for the end of the request's context.
func (t pacedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := t.limit.Wait(r.Context()); err != nil {
		return nil, err
	}
	return t.next.RoundTrip(r)
}

// watchedDesks are those of an inbox's desks that are asked what has changed there.
func (a *App) watchedDesks(id kefu.InboxID) (watched []kefu.InboxID) {
	desks := a.desks(id)
	for _, in := range a.inboxes {
		if in.ID != id && slices.Contains(desks, in.ID) && in.can.Watcher != nil && in.can.Watcher.LookEvery() > 0 {
			watched = append(watched, in.ID)
		}
	}
	return watched
}

// rules is what the rules must know of the inbox.
func (in *inbox) rules(desks []kefu.InboxID) switchboard.Inbox {
	r := switchboard.Inbox{ID: in.ID, Channel: in.Channel, Name: in.Name, Desks: desks, Marks: in.can.Marker != nil, Changes: in.can.Changer != nil,
		Announces: in.announces(), Hours: in.hours, Desk: in.about.Desk && in.can.Opener != nil, Directs: in.can.Director != nil && in.can.Director.Directs()}
	r.Stands = in.can.StandingSender != nil
	r.Reticent = in.can.Reticent != nil && in.can.Reticent.Reticent()
	if in.can.Former != nil {
		r.Forms = in.can.Former.Forms()
	}
	if in.can.Receptionist != nil {
		r.Reception = in.can.Receptionist.Reception()
	}
	if in.can.Comparer != nil {
		r.SweepEvery = in.can.Comparer.SweepEvery()
	}
	if in.can.Fingerprint != nil {
		r.Fingerprint = in.can.Fingerprint.Fingerprint
	}
	if in.can.Enricher != nil {
		r.Orders = in.can.Enricher.Enrich
	}
	if in.can.OrderReader != nil {
		r.ReadOrders = in.can.OrderReader.ReadOrders
	}
	return r
}

func (in *inbox) announces() bool { return in.can.Announcer != nil && in.can.Announcer.Announces() }

func (in *inbox) target(capacity int) dispatch.Target {
	return dispatch.Target{Inbox: in.ID, Name: in.Name, Connector: in.connector, Can: in.can, Cap: capacity,
		Looks: slices.Contains(in.about.Capabilities, connector.CapLooks)}
}

// channels is what the rules may know of channels (switchboard.Channels).
type channels struct{ app *App }

// Descriptors are the channels, as data.
func (c channels) Descriptors() []connector.Descriptor {
	all := make([]connector.Descriptor, 0, len(c.app.Factories))
	for _, f := range c.app.Factories {
		all = append(all, f.Describe())
	}
	return all
}

// Check builds a connector and throws it away.
func (c channels) Check(in connector.Inbox) error {
	built, err := c.app.connect(in)
	if err != nil {
		return err
	}
	built.free()
	return nil
}

// Settings are those of an inbox of the file.
func (c channels) Settings(id kefu.InboxID) json.RawMessage {
	for _, in := range c.app.cfg.Inboxes {
		if in.ID == id {
			return in.Connector().Settings
		}
	}
	return nil
}
