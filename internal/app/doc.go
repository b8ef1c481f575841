// Package app assembles the program: it builds everything from a configuration, runs it, and takes it down again.
//
// With cmd/kefu and config it is the only place that knows everything. It owns the order in which parts are built and stopped, and what a
// failed part means: without the HTTP door, the database or the movers there is no program; a connection that fails is made again, and
// degrades a health check meanwhile. An App is run once; Run and Close are safe to call from different goroutines.
package app
