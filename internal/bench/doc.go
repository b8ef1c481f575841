// Command bench measures the real kefu binary beside a bare baseline, on SQLite and on PostgreSQL with durable commits, and prints a
// Markdown table; -out writes it into docs/performance.md.
//
// It is one program with several roles, each a process of its own, so that nobody's work is counted as another's: the conductor (no
// role), "remote" (the fake Discord and WordPress, with a ledger of what arrived when), "load" (senders of hooks), "ask" (users of the open
// API), "sockets" (who listens), "baseline" (the least that a durable relay can do: read the hook, commit one row, answer, post), and for
// webhooks "receiver" (who verifies them), "posts" (the least that sends them: sign and post, without a database) and "hooks" (Kefu's own
// parts in one process, one point each). For pairings "people" are those on both sides, with the fakes that they write in. It has five
// parts: the relay, the open API, webhooks, articles, pairings. Kefu and the baseline run one after the
// other against equal remotes and equal senders; all share the machine's cores, which the table states.
//
// It is on the testing floor and imports what it likes; nothing imports it. Invariants: a point counts only when everything that was
// accepted has arrived, and nothing twice; every wait has a limit; whatever was started is ended.
package main
