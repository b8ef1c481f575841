-- +goose Up
-- Full-text search. The words are made by the program (internal/lexis) and are the same on both engines; the engines index and intersect.
-- n is the place of a row in its index, the newest has the highest: results are read from there.

CREATE TABLE search_message (
  n BIGINT NOT NULL PRIMARY KEY, -- only: postgres
  n INTEGER PRIMARY KEY, -- only: sqlite
  ref TEXT COLLATE "C" NOT NULL, -- the message
  conversation_id TEXT COLLATE "C" NOT NULL,
  kind TEXT NOT NULL,
  hash BIGINT NOT NULL, -- of its words: what did not change is not written again
  words TSVECTOR NOT NULL, -- only: postgres
  at BIGINT NOT NULL
);
CREATE UNIQUE INDEX search_message_ref ON search_message (ref);
CREATE INDEX search_message_conversation ON search_message (conversation_id);

-- Conversations, tickets, contacts; later what else is found by its words. Its n holds the time.
CREATE TABLE search_entry (
  n BIGINT NOT NULL PRIMARY KEY, -- only: postgres
  n INTEGER PRIMARY KEY, -- only: sqlite
  ref TEXT COLLATE "C" NOT NULL,
  conversation_id TEXT COLLATE "C" NOT NULL, -- '' for a contact
  kind TEXT NOT NULL,
  hash BIGINT NOT NULL, -- of its words: what did not change is not written again
  words TSVECTOR NOT NULL, -- only: postgres
  at BIGINT NOT NULL
);
CREATE UNIQUE INDEX search_entry_ref ON search_entry (ref);

-- Contentless: the texts stand in their own tables. scope has a word for the conversation, the inbox and the kind.
CREATE VIRTUAL TABLE search_message_fts USING fts5(words, scope, content='', contentless_delete=1, prefix='1', tokenize='ascii'); -- only: sqlite
CREATE VIRTUAL TABLE search_entry_fts USING fts5(words, scope, content='', contentless_delete=1, prefix='1', tokenize='ascii'); -- only: sqlite
-- What waits to be sorted in is read by every search: it is kept short.
CREATE INDEX search_message_words ON search_message USING gin (words) WITH (gin_pending_list_limit = 256); -- only: postgres
CREATE INDEX search_entry_words ON search_entry USING gin (words) WITH (gin_pending_list_limit = 256); -- only: postgres

-- How far the index is. What was stored before it is walked, table by table, the newest first; what comes after follows the events.
CREATE TABLE search_state (
  id BIGINT NOT NULL PRIMARY KEY,
  rev BIGINT NOT NULL, -- changes with every step: a step that was planned for another one is given up
  pos BIGINT NOT NULL, -- the last event that was taken in
  walk TEXT NOT NULL, -- the table that is walked; 'done' when all were
  walk_at TEXT COLLATE "C" NOT NULL, -- the last id of it that was taken in; '' at its beginning
  low BIGINT NOT NULL, -- the lowest and the highest n of search_message
  high BIGINT NOT NULL
);
INSERT INTO search_state (id, rev, pos, walk, walk_at, low, high) VALUES (1, 0, 0, 'new', '', 1099511627776, 1099511627775);

-- +goose Down
SELECT 1;
