// Package api holds the HTTP doors: hooks that Kefu receives, health, metrics and files.
//
// It imports the rules and the connector contract, never the store. The list of routes stands in routes.go; problem.go alone knows which
// HTTP status an error has. A hook is answered after the commit and before any outside call. Bodies, headers and times are bounded. All
// handlers are safe for concurrent use and keep nothing between requests.
package api
