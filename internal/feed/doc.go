// Package feed follows RSS, Atom and JSON feeds whose news an inbox announces.
//
// It owns how a feed is asked for (guarded, bounded, conditional), how it is read (gofeed), and what of an item becomes an announcement: a
// title, plain text that is safe as Markdown, and an http(s) address. What was seen before, and what is announced, are rules of the
// switchboard; posting is the announcer's. It imports the switchboard, the store for its lease, safehttp and the nouns.
//
// A feed is a stranger's: at most 5 MiB in at most 20 seconds, at most 10,000 items, no deep nesting, no entities but those of XML and HTML,
// no address that is not public, and three redirects of the same kind. Its text is shown as text.
//
// Invariants: one node reads the feeds of an inbox at a time (a lease); when that is due stands in the database, not in memory; nothing is
// remembered of a reading but by the transaction that announces what is new in it.
//
// A Follower is run once. Its Run starts what reads, and returns when that has ended.
package feed
