// Package archtest holds the rules of the house as tests: which package may know which, how large things may grow, where SQL, drivers,
// configuration and status codes live, and what must never be written at all.
//
// It owns no behaviour and is imported by nobody. It may import the standard library and txtar, and reads the tree through the go
// command and go/parser, so that it judges the code as it is written, for every platform, even where a file does not compile yet.
//
// Invariants: every rule carries samples that it refuses and samples that it accepts, and TestRulesCanFail runs them, so no rule can
// rot into one that never fails; every exception is an entry with a reason, and an exception that is no longer needed is a failure.
// A rule about a package that does not exist (yet) says nothing.
//
// To make room for a new package, give it a place in floors_test.go. To make an exception, write down why in the rule's exempt table.
package archtest
