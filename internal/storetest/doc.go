// Package storetest runs tests on both engines: each on a SQLite file and a PostgreSQL database that are its own.
//
// PostgreSQL is the server KEFU_TEST_POSTGRES names, else a throw-away cluster started on first use. Without either the PostgreSQL half
// is skipped loudly, or fails with KEFU_TEST_REQUIRE=postgres. A test package calls Main from its TestMain, which ends the cluster.
// For tests only: it imports testing and pgcluster, and knows nothing of Kefu's tables. Everything is safe for parallel tests.
package storetest
