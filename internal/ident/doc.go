// Package ident makes the prefixed, sortable ids of Kefu: "cnv_" and 26 characters.
//
// It owns their form and nothing of what they name. It imports the standard library and google/uuid only.
//
// Invariants: an id is 128 bits of a version 7 UUID, written in base32 with the digits 0-9a-v, so that comparing two ids of one prefix
// byte by byte compares the time they were made. Ids of one process rise strictly, also when its clock steps back. Ids of different
// processes are unique, but their order is only as good as the clocks: never take an order that matters from an id.
//
// All functions are safe for concurrent use.
package ident
