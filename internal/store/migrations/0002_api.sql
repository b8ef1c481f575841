-- +goose Up
-- The open API: agents and teams, what a conversation is sorted by, credentials, the audit log.

ALTER TABLE agent ADD COLUMN email TEXT NOT NULL DEFAULT ''; -- lower case; '' for one known from a desk only
ALTER TABLE agent ADD COLUMN role TEXT NOT NULL DEFAULT 'agent';
ALTER TABLE agent ADD COLUMN password TEXT NOT NULL DEFAULT ''; -- argon2id, PHC form; '' cannot log in
ALTER TABLE agent ADD COLUMN status TEXT NOT NULL DEFAULT 'offline'; -- the effective one: best of agent_status
ALTER TABLE agent ADD COLUMN deactivated_at BIGINT NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX agent_email ON agent (email) WHERE email <> '' AND deactivated_at = 0;
CREATE INDEX agent_created ON agent (created_at, id);

-- What each desk reports. The source 'self' is what the agent said by REST or WebSocket.
CREATE TABLE agent_status (
  agent_id TEXT COLLATE "C" NOT NULL,
  source TEXT COLLATE "C" NOT NULL, -- 'self', or an inbox
  status TEXT NOT NULL,
  expires_at BIGINT NOT NULL, -- 0 is never
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (agent_id, source)
);
CREATE INDEX agent_status_expires ON agent_status (expires_at) WHERE expires_at > 0;

-- Open WebSockets of agents, so that nodes know of each other's.
CREATE TABLE socket (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  node TEXT COLLATE "C" NOT NULL,
  agent_id TEXT COLLATE "C" NOT NULL,
  opened_at BIGINT NOT NULL
);
CREATE INDEX socket_agent ON socket (agent_id);
CREATE INDEX socket_node ON socket (node, agent_id, id);

CREATE TABLE team (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX team_name ON team (name);
CREATE INDEX team_created ON team (created_at, id);

CREATE TABLE team_member (
  team_id TEXT COLLATE "C" NOT NULL,
  agent_id TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (team_id, agent_id)
);
CREATE INDEX team_member_agent ON team_member (agent_id, team_id);

ALTER TABLE contact ADD COLUMN external_id TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE contact ADD COLUMN attributes TEXT NOT NULL DEFAULT ''; -- JSON object
ALTER TABLE contact ADD COLUMN merged_into TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE contact ADD COLUMN erased_at BIGINT NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX contact_external ON contact (external_id) WHERE external_id <> '';
CREATE INDEX contact_email ON contact (email) WHERE email <> '';
CREATE INDEX contact_phone ON contact (phone) WHERE phone <> '';
CREATE INDEX contact_created ON contact (created_at, id);
CREATE INDEX contact_updated ON contact (updated_at, id);
CREATE INDEX contact_merged ON contact (merged_into) WHERE merged_into <> '';
CREATE INDEX identity_contact ON identity (contact_id) WHERE contact_id <> '';
CREATE INDEX identity_agent ON identity (agent_id) WHERE agent_id <> '';

-- What erasing a person looks through.
CREATE INDEX message_rest ON message (conversation_id) WHERE content <> '';
CREATE INDEX message_version_rest ON message_version (message_id) WHERE content <> '';
CREATE INDEX event_nowhere ON event (n) WHERE conversation_id = '';

-- Files that nothing refers to any more, until they are removed from the vault.
CREATE TABLE file_garbage (
  sha256 TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  created_at BIGINT NOT NULL
);

ALTER TABLE conversation ADD COLUMN team_id TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE conversation ADD COLUMN snoozed_until BIGINT NOT NULL DEFAULT 0;
DROP INDEX conversation_status;
CREATE INDEX conversation_created ON conversation (created_at, id);
CREATE INDEX conversation_updated ON conversation (updated_at, id);
CREATE INDEX conversation_status ON conversation (status, created_at, id);
-- Where much is closed and little is open, both are found in order: a list of every status reads each status in turn.
CREATE INDEX conversation_inbox ON conversation (inbox_id, status, created_at, id);
CREATE INDEX conversation_assignee ON conversation (assignee_id, status, created_at, id) WHERE assignee_id <> '';
CREATE INDEX conversation_team ON conversation (team_id, status, created_at, id) WHERE team_id <> '';
CREATE INDEX conversation_queue ON conversation (team_id, status, created_at, id) WHERE team_id <> '' AND assignee_id = '';
CREATE INDEX conversation_contact ON conversation (contact_id, created_at, id);
CREATE INDEX conversation_snoozed ON conversation (snoozed_until) WHERE snoozed_until > 0;

CREATE INDEX ticket_external ON ticket (external_id) WHERE external_id <> '';

CREATE TABLE label (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  color TEXT NOT NULL,
  description TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX label_name ON label (name);
CREATE INDEX label_created ON label (created_at, id);

CREATE TABLE conversation_label (
  conversation_id TEXT COLLATE "C" NOT NULL,
  label_id TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL, -- of the conversation, so that a label's conversations are found in order
  PRIMARY KEY (conversation_id, label_id)
);
CREATE INDEX conversation_label_label ON conversation_label (label_id, created_at, conversation_id);

CREATE TABLE canned_response (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  shortcut TEXT NOT NULL,
  content TEXT NOT NULL,
  locale TEXT NOT NULL, -- '' is for every language
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX canned_response_shortcut ON canned_response (shortcut, locale);
CREATE INDEX canned_response_created ON canned_response (created_at, id);

-- How far somebody has read a conversation.
CREATE TABLE read_state (
  conversation_id TEXT COLLATE "C" NOT NULL,
  reader_kind TEXT NOT NULL,
  reader_id TEXT COLLATE "C" NOT NULL,
  seq BIGINT NOT NULL,
  read_at BIGINT NOT NULL,
  PRIMARY KEY (conversation_id, reader_kind, reader_id)
);

-- Inboxes that were not made in the file have their settings here, sealed.
ALTER TABLE inbox ADD COLUMN settings TEXT NOT NULL DEFAULT '';
ALTER TABLE inbox ADD COLUMN deleted_at BIGINT NOT NULL DEFAULT 0;

-- Programs: API keys (kind 'key'), OAuth2 clients ('oauth'), signing keys ('signing').
ALTER TABLE api_key ADD COLUMN kind TEXT NOT NULL DEFAULT 'key';
ALTER TABLE api_key ADD COLUMN sealed TEXT NOT NULL DEFAULT ''; -- the secret of a signing key
ALTER TABLE api_key ADD COLUMN allow TEXT NOT NULL DEFAULT ''; -- networks, separated by spaces; '' is any address
ALTER TABLE api_key ADD COLUMN bound BOOLEAN NOT NULL DEFAULT FALSE; -- sees only what client_bound names
ALTER TABLE api_key ADD COLUMN created_by TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE api_key ADD COLUMN revoked_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE api_key ADD COLUMN updated_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX api_key_kind ON api_key (kind, created_at, id);

CREATE TABLE client_bound (
  client_id TEXT COLLATE "C" NOT NULL,
  kind TEXT NOT NULL, -- 'inbox' or 'team'
  ref TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (client_id, kind, ref)
);

CREATE TABLE oauth_token (
  hash TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  id TEXT COLLATE "C" NOT NULL, -- what logs and open lines know the token by
  client_id TEXT COLLATE "C" NOT NULL,
  scopes TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  revoked_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX oauth_token_id ON oauth_token (id);
CREATE INDEX oauth_token_expires ON oauth_token (expires_at);
CREATE INDEX oauth_token_client ON oauth_token (client_id);

-- A login, or a contact session. Its tokens are worthless once it is revoked.
CREATE TABLE session (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL, -- 'agent' or 'contact'
  subject_id TEXT COLLATE "C" NOT NULL,
  created_by TEXT COLLATE "C" NOT NULL, -- the client that asked for a contact session
  address TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  revoked_at BIGINT NOT NULL,
  revoked_why TEXT NOT NULL
);
CREATE INDEX session_subject ON session (subject_id);
CREATE INDEX session_expires ON session (expires_at);

CREATE TABLE refresh_token (
  hash TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  session_id TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT NOT NULL -- 0 until it was exchanged; shown again after that, the session ends
);
CREATE INDEX refresh_token_session ON refresh_token (session_id);
CREATE INDEX refresh_token_expires ON refresh_token (expires_at);

CREATE TABLE nonce (
  key_id TEXT COLLATE "C" NOT NULL,
  nonce TEXT COLLATE "C" NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (key_id, nonce)
);
CREATE INDEX nonce_expires ON nonce (expires_at);

CREATE TABLE ws_ticket (
  hash TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  caller TEXT NOT NULL, -- JSON
  expires_at BIGINT NOT NULL
);
CREATE INDEX ws_ticket_expires ON ws_ticket (expires_at);

-- Networks from which a role may be used; no row is any address.
CREATE TABLE role_address (
  role TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  allow TEXT NOT NULL,
  updated_at BIGINT NOT NULL
);

-- Answers to POSTs that carried an Idempotency-Key, sealed.
CREATE TABLE idempotency (
  caller TEXT COLLATE "C" NOT NULL,
  key TEXT COLLATE "C" NOT NULL,
  answer TEXT NOT NULL, -- with the digest of what it was asked by: that of a password could be guessed
  created_at BIGINT NOT NULL,
  PRIMARY KEY (caller, key)
);
CREATE INDEX idempotency_created ON idempotency (created_at);

CREATE TABLE audit (
  n INTEGER PRIMARY KEY AUTOINCREMENT, -- only: sqlite
  n BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- only: postgres
  at BIGINT NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id TEXT COLLATE "C" NOT NULL,
  actor_name TEXT NOT NULL,
  credential TEXT COLLATE "C" NOT NULL,
  address TEXT NOT NULL,
  action TEXT COLLATE "C" NOT NULL, -- noun.verb
  target TEXT COLLATE "C" NOT NULL, -- the id of what was changed
  detail TEXT NOT NULL -- JSON object of what changed; no secrets, no texts of people
);
CREATE INDEX audit_actor ON audit (actor_id, n);
CREATE INDEX audit_action ON audit (action, n);
CREATE INDEX audit_target ON audit (target, n);

-- The log is append-only for every program that uses this database, not by habit of this one.
-- +goose StatementBegin
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END; -- only: sqlite
CREATE FUNCTION audit_stays() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''the audit log is append-only''; END'; -- only: postgres
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END; -- only: sqlite
CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_stays(); -- only: postgres
-- +goose StatementEnd

CREATE TABLE announcement (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  title TEXT NOT NULL,
  content TEXT NOT NULL,
  url TEXT NOT NULL,
  created_by TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX announcement_created ON announcement (created_at, id);

CREATE TABLE announcement_post (
  announcement_id TEXT COLLATE "C" NOT NULL,
  inbox_id TEXT COLLATE "C" NOT NULL,
  state TEXT NOT NULL, -- a delivery state
  reason TEXT NOT NULL,
  external_id TEXT COLLATE "C" NOT NULL,
  attempts BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (announcement_id, inbox_id)
);
CREATE INDEX announcement_post_due ON announcement_post (inbox_id, due_at) WHERE state = 'queued';

-- +goose Down
SELECT 1;
