// Package wordpress connects a WordPress shop's ticket form as a customer's side: it takes the site's hooks and calls the site's
// dragonshop routes (contract: site-tickets).
//
// It owns the wire format of hooks and calls, the sender text, the fingerprints by which messages are counted, and what each failure of
// the site means. It may import the nouns, connector, card, websig, safehttp and secret; it knows no store, no rules and no other
// connector.
//
// Invariants: a hook that cannot be believed or understood leaves no trace, and every fault of it is named at once; what can be
// understood is taken, with a note about what had to be left out. A reply that may have arrived is counted in ticket/get before it is
// sent again. Our own message coming back is recognised by its fingerprint, which is made of what we sent, and which Fingerprint tells
// before it is sent. The application password and the hook secret appear in no error and no log line.
//
// A Connector is safe for concurrent use. Its only state is what the site's index said last, behind a mutex that is not held while the
// site is asked. It has no goroutines.
package wordpress
