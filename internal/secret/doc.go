// Package secret keeps credentials from being seen: Text prints as ***, and Box seals what is stored.
//
// It owns the key that seals (where it lies, how it is read and how further keys are derived from it), the sealed form, and the type
// that every credential has in memory. It imports the standard library and golang.org/x/crypto only.
//
// Invariants: no function of this package puts a secret or a key into an error. A sealed text opens only with its key and with the
// associated data it was sealed under, so that a sealed credential copied to another row does not open there.
//
// Two leaks stay that Go does not let a string type close: fmt prints an unexported field of type Text as it is, because it may not
// call methods on it, and encoding/json does the same with the keys of a map. Keep Text in exported fields, never make it a key.
//
// Text is a plain value and a Box does not change after NewBox: both are safe for concurrent use. LoadOrCreateKey may run in several
// processes at once.
package secret
