-- +goose Up
-- Outgoing webhooks: endpoints, what they are owed, every attempt; notices to the operator.

CREATE TABLE endpoint (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  url TEXT NOT NULL,
  description TEXT NOT NULL,
  events TEXT NOT NULL, -- JSON list of words, as they were asked for
  enabled BOOLEAN NOT NULL,
  disabled_why TEXT NOT NULL,
  auth TEXT NOT NULL,
  sealed TEXT NOT NULL, -- secrets, credentials, custom headers
  timestamps TEXT NOT NULL,
  schedule TEXT NOT NULL,
  timeout BIGINT NOT NULL, -- microseconds
  max_in_flight BIGINT NOT NULL,
  rate_limit BIGINT NOT NULL, -- deliveries a second; 0 is none
  failing_since BIGINT NOT NULL,
  failures BIGINT NOT NULL,
  warned_at BIGINT NOT NULL,
  last_success_at BIGINT NOT NULL,
  last_failure_at BIGINT NOT NULL,
  created_by TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  deleted_at BIGINT NOT NULL
);
CREATE INDEX endpoint_created ON endpoint (created_at, id);

-- What the relay looks at: exact event types, of endpoints that are enabled.
CREATE TABLE endpoint_event (
  event_type TEXT NOT NULL,
  endpoint_id TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (event_type, endpoint_id)
);
CREATE INDEX endpoint_event_endpoint ON endpoint_event (endpoint_id);

CREATE TABLE webhook_delivery (
  n INTEGER PRIMARY KEY AUTOINCREMENT, -- only: sqlite
  n BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- only: postgres
  endpoint_id TEXT COLLATE "C" NOT NULL,
  event_n BIGINT NOT NULL, -- 0 for a test
  event_id TEXT COLLATE "C" NOT NULL,
  event_type TEXT NOT NULL,
  occurred_at BIGINT NOT NULL,
  cause TEXT NOT NULL,
  state TEXT NOT NULL, -- queued, delivered, failed, skipped; of a test, sending first
  attempts BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  status BIGINT NOT NULL,
  error TEXT NOT NULL,
  body TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  done_at BIGINT NOT NULL
);
CREATE INDEX webhook_delivery_due ON webhook_delivery (endpoint_id, due_at, n) WHERE state = 'queued';
CREATE INDEX webhook_delivery_endpoint ON webhook_delivery (endpoint_id, n);
CREATE INDEX webhook_delivery_trouble ON webhook_delivery (endpoint_id, state, n) WHERE state = 'failed' OR state = 'skipped';
CREATE INDEX webhook_delivery_event ON webhook_delivery (event_id);
-- For the log and for replays: of what is rare only, so that ordinary deliveries do not pay for them.
CREATE INDEX webhook_delivery_state ON webhook_delivery (state, n) WHERE state = 'failed' OR state = 'skipped' OR state = 'sending';
CREATE INDEX webhook_delivery_cause ON webhook_delivery (cause, n) WHERE cause <> 'event';
CREATE INDEX webhook_delivery_replay ON webhook_delivery (endpoint_id, created_at) WHERE cause = 'replay';

CREATE TABLE webhook_attempt (
  delivery_n BIGINT NOT NULL,
  no BIGINT NOT NULL,
  started_at BIGINT NOT NULL,
  duration BIGINT NOT NULL, -- microseconds
  status BIGINT NOT NULL,
  error TEXT NOT NULL,
  answer TEXT NOT NULL,
  address TEXT NOT NULL,
  PRIMARY KEY (delivery_n, no)
) WITHOUT ROWID; -- only: sqlite
); -- only: postgres

-- A replay that somebody asked for: it makes deliveries little by little, and goes on after a restart.
CREATE TABLE webhook_replay (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  endpoint_id TEXT COLLATE "C" NOT NULL,
  event_types TEXT NOT NULL, -- JSON list of exact types
  status TEXT NOT NULL, -- failed, skipped, delivered: the latest delivery of an event; any: every event
  since BIGINT NOT NULL,
  until BIGINT NOT NULL,
  per_second BIGINT NOT NULL,
  state TEXT NOT NULL, -- running, done, cancelled
  place BIGINT NOT NULL, -- what was looked at: n of a delivery; of status any, pos of an event
  last BIGINT NOT NULL, -- where it ends
  made BIGINT NOT NULL, -- deliveries made
  created_by TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  done_at BIGINT NOT NULL
);
CREATE INDEX webhook_replay_endpoint ON webhook_replay (endpoint_id, created_at, id);
CREATE INDEX webhook_replay_running ON webhook_replay (id) WHERE state = 'running';

-- Notices to the operator: something is wrong until it is not. One row for each time.
CREATE TABLE alert (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  subject TEXT COLLATE "C" NOT NULL, -- id of the inbox or endpoint
  severity TEXT NOT NULL,
  summary TEXT NOT NULL,
  detail TEXT NOT NULL, -- JSON object
  count BIGINT NOT NULL, -- how often it was raised while it was open
  raised_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  cleared_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX alert_open ON alert (kind, subject) WHERE cleared_at = 0;
CREATE INDEX alert_raised ON alert (raised_at, id);
CREATE INDEX alert_cleared ON alert (cleared_at) WHERE cleared_at > 0;

-- +goose Down
SELECT 1;
