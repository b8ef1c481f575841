-- +goose Up
-- Times are microseconds UTC, ids and sort keys compare by bytes, JSON is TEXT that SQL never looks into.

CREATE TABLE inbox (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  channel TEXT NOT NULL,
  name TEXT NOT NULL,
  provisioned BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE TABLE contact (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  phone TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE TABLE agent (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

-- A person's id in one inbox: of a contact (contact_id) or of an agent (agent_id).
CREATE TABLE identity (
  inbox_id TEXT COLLATE "C" NOT NULL,
  external_id TEXT COLLATE "C" NOT NULL,
  contact_id TEXT COLLATE "C" NOT NULL,
  agent_id TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (inbox_id, external_id)
);

CREATE TABLE conversation (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  inbox_id TEXT COLLATE "C" NOT NULL,
  contact_id TEXT COLLATE "C" NOT NULL,
  subject TEXT NOT NULL,
  status TEXT NOT NULL,
  handler TEXT NOT NULL,
  priority TEXT NOT NULL,
  assignee_id TEXT COLLATE "C" NOT NULL,
  owner_link_id TEXT COLLATE "C" NOT NULL,
  initial_message_id TEXT COLLATE "C" NOT NULL, -- '' until the ticket's first message is known
  last_seq BIGINT NOT NULL,
  last_ord BIGINT NOT NULL,
  closed_at BIGINT NOT NULL,
  closed_by TEXT NOT NULL,
  previous_id TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX conversation_status ON conversation (status, id);

CREATE TABLE link (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  conversation_id TEXT COLLATE "C" NOT NULL,
  inbox_id TEXT COLLATE "C" NOT NULL,
  role TEXT NOT NULL,
  slot BIGINT NOT NULL, -- 0 is the customer link, desk links count from 1: part of delivery ids
  external_id TEXT COLLATE "C" NOT NULL,
  name TEXT NOT NULL,
  cursor TEXT NOT NULL,
  meta TEXT NOT NULL,
  card_message_id TEXT COLLATE "C" NOT NULL, -- the message that went out as the opening card
  opened BIGINT NOT NULL,              -- how often the thread was opened; 0 is never
  sync_due BIGINT NOT NULL,            -- when the next comparison with the source of truth is due; 0 is never
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX link_thread ON link (inbox_id, external_id) WHERE external_id <> '' AND role <> 'former';
CREATE UNIQUE INDEX link_slot ON link (conversation_id, slot);
CREATE INDEX link_sync ON link (sync_due) WHERE sync_due > 0;

CREATE TABLE ticket (
  number INTEGER PRIMARY KEY AUTOINCREMENT, -- only: sqlite
  number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- only: postgres
  id TEXT COLLATE "C" NOT NULL,
  external_id TEXT COLLATE "C" NOT NULL,
  conversation_id TEXT COLLATE "C" NOT NULL,
  inbox_id TEXT COLLATE "C" NOT NULL,
  title TEXT NOT NULL,
  status TEXT NOT NULL,
  priority TEXT NOT NULL,
  category TEXT NOT NULL,
  assignee_id TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX ticket_id ON ticket (id);
CREATE UNIQUE INDEX ticket_conversation ON ticket (conversation_id);

CREATE TABLE message (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  conversation_id TEXT COLLATE "C" NOT NULL,
  seq BIGINT NOT NULL,
  author_kind TEXT NOT NULL,
  author_id TEXT NOT NULL,
  author_name TEXT NOT NULL,
  author_via TEXT NOT NULL,
  private BOOLEAN NOT NULL,
  content_type TEXT NOT NULL,
  text TEXT NOT NULL,
  content TEXT NOT NULL, -- JSON of what is not text; '' for plain text
  source_link_id TEXT COLLATE "C" NOT NULL,
  external_id TEXT COLLATE "C" NOT NULL,
  fingerprint TEXT COLLATE "C" NOT NULL,
  meta TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX message_seq ON message (conversation_id, seq);
CREATE INDEX message_fingerprint ON message (conversation_id, fingerprint, seq) WHERE fingerprint <> '';

-- Texts that an edit or a deletion replaced, kept for audit.
CREATE TABLE message_version (
  message_id TEXT COLLATE "C" NOT NULL,
  no BIGINT NOT NULL,
  text TEXT NOT NULL,
  content TEXT NOT NULL,
  replaced_at BIGINT NOT NULL,
  PRIMARY KEY (message_id, no)
);

-- What settles duplicates: the keys that came with what was taken in.
CREATE TABLE seen (
  inbox_id TEXT COLLATE "C" NOT NULL,
  key TEXT COLLATE "C" NOT NULL,
  conversation_id TEXT COLLATE "C" NOT NULL,
  message_id TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (inbox_id, key)
);

-- Messages of tickets never seen, which wait until the site was asked for what came before them.
CREATE TABLE parked (
  message_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  n BIGINT NOT NULL,
  link_id TEXT COLLATE "C" NOT NULL,
  inbound TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX parked_link ON parked (link_id, n);

CREATE TABLE delivery (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  conversation_id TEXT COLLATE "C" NOT NULL,
  link_id TEXT COLLATE "C" NOT NULL,
  inbox_id TEXT COLLATE "C" NOT NULL,
  message_id TEXT COLLATE "C" NOT NULL,
  line TEXT COLLATE "C" NOT NULL,
  ord BIGINT NOT NULL,
  ready BOOLEAN NOT NULL, -- it is the head of its line
  state TEXT NOT NULL,
  due_at BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  unsure BOOLEAN NOT NULL,
  unsure_since BIGINT NOT NULL,
  reason TEXT NOT NULL,
  late BOOLEAN NOT NULL,
  claimed_by TEXT COLLATE "C" NOT NULL,
  payload TEXT NOT NULL,
  fingerprint TEXT COLLATE "C" NOT NULL, -- of what the target will be sent, known before it is sent: its echo may be faster than the answer
  queued_at BIGINT NOT NULL,
  done_at BIGINT NOT NULL
);
CREATE INDEX delivery_due ON delivery (inbox_id, due_at, ord) WHERE state = 'queued' AND ready;
CREATE INDEX delivery_line ON delivery (line, ord) WHERE state = 'queued' OR state = 'sending';
CREATE INDEX delivery_claimed ON delivery (claimed_by) WHERE state = 'sending';
CREATE INDEX delivery_message ON delivery (message_id) WHERE message_id <> '';
CREATE INDEX delivery_fingerprint ON delivery (link_id, fingerprint) WHERE fingerprint <> '';
CREATE INDEX delivery_trouble ON delivery (conversation_id, state) WHERE state = 'failed' OR state = 'uncertain';

CREATE TABLE part (
  delivery_id TEXT COLLATE "C" NOT NULL,
  n BIGINT NOT NULL,
  link_id TEXT COLLATE "C" NOT NULL,
  external_id TEXT COLLATE "C" NOT NULL,
  fingerprint TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (delivery_id, n)
);
CREATE INDEX part_fingerprint ON part (link_id, fingerprint) WHERE fingerprint <> '';

CREATE TABLE attempt (
  delivery_id TEXT COLLATE "C" NOT NULL,
  no BIGINT NOT NULL,
  started_at BIGINT NOT NULL,
  duration BIGINT NOT NULL, -- microseconds
  outcome TEXT NOT NULL,
  error TEXT NOT NULL,
  external_id TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (delivery_id, no)
);

CREATE TABLE event (
  n INTEGER PRIMARY KEY AUTOINCREMENT, -- only: sqlite
  n BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- only: postgres
  id TEXT COLLATE "C" NOT NULL,
  pos BIGINT,
  type TEXT NOT NULL,
  conversation_id TEXT COLLATE "C" NOT NULL,
  actor TEXT NOT NULL,
  data TEXT NOT NULL,
  occurred_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX event_pos ON event (pos) WHERE pos IS NOT NULL;
CREATE INDEX event_unplaced ON event (n) WHERE pos IS NULL;

CREATE TABLE relay_position (
  id BIGINT NOT NULL PRIMARY KEY,
  last_pos BIGINT NOT NULL
);
INSERT INTO relay_position (id, last_pos) VALUES (1, 0);

CREATE TABLE transcript (
  conversation_id TEXT COLLATE "C" NOT NULL,
  last_seq BIGINT NOT NULL,
  files TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (conversation_id, last_seq)
);

CREATE TABLE api_key (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  hash TEXT COLLATE "C" NOT NULL,
  scopes TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL, -- 0 is never
  last_used_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX api_key_hash ON api_key (hash);

CREATE TABLE connector_state (
  inbox_id TEXT COLLATE "C" NOT NULL,
  key TEXT COLLATE "C" NOT NULL,
  value TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (inbox_id, key)
);

CREATE TABLE lease (
  name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  holder TEXT COLLATE "C" NOT NULL,
  expires_at BIGINT NOT NULL
);

-- +goose Down
SELECT 1;
