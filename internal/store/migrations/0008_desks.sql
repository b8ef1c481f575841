-- +goose Up
-- Sides whose hooks only say where to look, and whose threads have a standing of their own.

-- Threads at which something happened that was not read yet. gen counts what was said of one, so that what is said while it is being
-- read is read as well.
CREATE TABLE look (
  inbox_id TEXT COLLATE "C" NOT NULL,
  thread_id TEXT COLLATE "C" NOT NULL,
  gen BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  tries BIGINT NOT NULL,
  whole BOOLEAN NOT NULL, -- not only that something was written there
  swept BOOLEAN NOT NULL, -- nobody said so: the comparison at intervals looks at it
  asked_at BIGINT NOT NULL,
  PRIMARY KEY (inbox_id, thread_id)
);
CREATE INDEX look_due ON look (inbox_id, due_at, thread_id);

-- What the other side of a link has, or will have when what is queued for it has arrived: status, priority, labels, assignee. rev counts
-- its changes, so that what was read before one is not taken for news.
CREATE TABLE standing (
  link_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  base TEXT NOT NULL, -- JSON
  rev BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

-- Forms that are asked field by field, where the customer's side cannot show them: one for each conversation, the newest.
CREATE TABLE dialogue (
  conversation_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  message_id TEXT COLLATE "C" NOT NULL, -- what asks
  step BIGINT NOT NULL, -- the field that is asked now, from 1
  tries BIGINT NOT NULL, -- how often it was asked
  said TEXT NOT NULL, -- JSON: what the fields before it were answered with, by their names
  asked_at BIGINT NOT NULL
);
CREATE INDEX dialogue_asked ON dialogue (asked_at);

-- An answer names the message that it answers as its thread knows it.
CREATE INDEX part_external ON part (link_id, external_id) WHERE external_id <> '';

-- +goose Down
SELECT 1;
