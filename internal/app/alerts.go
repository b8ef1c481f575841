package app

import (
	"kefu/internal/alert"
	"kefu/internal/connector"
	"kefu/internal/dispatch"
)

// watcher makes what looks at the queues and at the connections that nodes hold.
func (a *App) watcher() *alert.Watcher {
	o := alert.Options{Store: a.store, Bus: a.signals, Log: a.Log, Node: a.node, RemoteDown: a.cfg.Alerts.RemoteDown, QueueAge: a.cfg.Alerts.QueueAge}
	for _, k := range a.keepers {
		o.Connections = append(o.Connections, alert.Connection{Inbox: k.Inbox, Lease: k.Lease(),
			Report: func() connector.Health { return a.connection(k) }})
	}
	return alert.NewWatcher(o)
}

// connection says how a connection is: as its keeper has it, and if that is well, as the connector sees it.
func (a *App) connection(k *dispatch.Keeper) connector.Health {
	h := k.Report()
	for _, in := range a.inboxes {
		if in.ID == k.Inbox && in.can.Reporter != nil && h.State == healthy {
			return in.can.Reporter.Report()
		}
	}
	return h
}
