// Package auth knows who asks. It owns every credential: API keys, OAuth2 clients and their tokens, signing keys, logins of agents, sessions
// of contacts and tickets for WebSockets; scopes and what each role has of them; from which addresses a key or role may be used; and how
// often somebody may ask.
//
// It imports the store, the bus and the nouns. A secret is shown once. One that only comes back to us is stored as a hash, one that we must
// sign with is sealed: whoever reads the database can use neither. Whether a credential is good is read anew for each request (one read; a
// signed request costs one write, for its nonce), so that a revocation counts at once; each is noted as an event in the transaction of the
// change (store.RightsChanged), before anything that is sent later over a line that is open. Which rows a caller sees is the store's Sight.
//
// Limits and the throttle of logins are kept in memory: a restart begins anew, and several nodes count each what comes to them. A refresh
// token is good once. Whoever shows a used one ends its session, but for a client that lost the answer and asks again within RepeatWithin;
// the lost answer counts as used from then on, so a thief and an owner never both go on.
//
// Functions are safe for concurrent use. No goroutine is started: Purge, which somebody runs every minute, stores when keys were last seen.
package auth
