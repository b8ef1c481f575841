// Package pgcluster makes throw-away PostgreSQL clusters out of the postgres binaries on this machine, for tests and benchmarks.
//
// A cluster lives in a temporary directory, listens on a unix socket in it (on a loopback port where there are none), and goes away
// with Stop. On Linux it also ends when this process is killed. It imports the standard library and pgconn, and nothing of Kefu;
// everything is safe for concurrent use.
package pgcluster
