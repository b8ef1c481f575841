// Package auth holds who may do what: for now, API keys.
//
// It imports the store and the nouns. A key is shown once and stored as a hash; whoever reads the database cannot use it. Functions are
// safe for concurrent use.
package auth
