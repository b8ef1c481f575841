// Package e2e tests the whole program over its real edges: the HTTP doors on one side, WordPress's and Discord's REST and gateway on the
// other, on SQLite and on PostgreSQL. It holds tests only.
//
// Every test begins with a rig: a simulated shop, a simulated Discord, and the program between them, run in the test's process (or as a
// process of its own, where it is to be killed). Every test ends with a balance: what customers and staff wrote against what the two
// remotes received, each text once and in order, nothing left waiting, no rule of Discord broken, every request allowed by Discord's own
// OpenAPI document where that is at hand, and no secret in the log.
//
// It may import everything, and nothing imports it. Tests run in parallel but for the kill tests, which measure times.
package e2e
