package app

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"golang.org/x/time/rate"

	"kefu"
	"kefu/internal/config"
	"kefu/internal/connector"
	"kefu/internal/dispatch"
	"kefu/internal/safehttp"
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
}

func (a *App) buildInboxes(context.Context) error {
	registry, err := connector.NewRegistry(a.Factories...)
	if err != nil {
		return err
	}
	for _, c := range a.configured() {
		in, err := a.buildInbox(registry, c)
		if err != nil {
			return fmt.Errorf("inbox %s: %w", c.ID, err)
		}
		a.inboxes = append(a.inboxes, in)
	}
	return nil
}

// configured are the inboxes of the file, and one for programs that name none.
func (a *App) configured() []config.Inbox {
	all := slices.Clone(a.cfg.Inboxes)
	if !slices.ContainsFunc(all, func(in config.Inbox) bool { return in.ID == switchboard.ProgramInbox }) {
		all = append(all, config.Inbox{ID: switchboard.ProgramInbox, Channel: switchboard.ProgramChannel, Name: "API"})
	}
	return all
}

func (a *App) buildInbox(registry *connector.Registry, c config.Inbox) (*inbox, error) {
	factory, err := registry.Factory(c.Channel)
	if err != nil {
		return nil, err
	}
	in := &inbox{Inbox: c.Connector(), about: factory.Describe(), directory: &switchboard.Directory{Inbox: c.ID}}
	limits := safehttp.Options{MaxBody: largestAnswer, UserAgent: userAgent + a.Version, Timeout: bodyTime}
	guarded := limits
	guarded.Allow = a.cfg.Egress.Allow
	deps := connector.Deps{Log: a.Log.With("inbox", c.ID), Now: a.now, Operator: a.paced(safehttp.Operator(limits), c.ID), Guarded: safehttp.Guarded(guarded),
		State: switchboard.State{Store: a.store, Inbox: c.ID}, Directory: in.directory, PublicURL: a.cfg.PublicURL, NoPacing: a.NoPacing}
	deps.Files = files{vault: a.vault, client: deps.Guarded}
	a.later(deps.Operator.CloseIdleConnections)
	a.later(deps.Guarded.CloseIdleConnections)
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

// rules is what the rules must know of the inbox.
func (in *inbox) rules(desks []kefu.InboxID) switchboard.Inbox {
	r := switchboard.Inbox{ID: in.ID, Channel: in.Channel, Name: in.Name, Desks: desks, Marks: in.can.Marker != nil, Changes: in.can.Changer != nil}
	if in.can.Comparer != nil {
		r.SweepEvery = in.can.Comparer.SweepEvery()
	}
	if in.can.Fingerprint != nil {
		r.Fingerprint = in.can.Fingerprint.Fingerprint
	}
	if in.can.Enricher != nil {
		r.Orders = in.can.Enricher.Enrich
	}
	return r
}

func (in *inbox) target(capacity int) dispatch.Target {
	return dispatch.Target{Inbox: in.ID, Name: in.Name, Connector: in.connector, Can: in.can, Cap: capacity,
		Looks: slices.Contains(in.about.Capabilities, connector.CapLooks)}
}
