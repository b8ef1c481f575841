package storetest

// WaitingForLocks counts the transactions of a PostgreSQL database that wait for another to let a row go.
const WaitingForLocks = `SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
