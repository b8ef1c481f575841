-- +goose Up
-- The knowledge base: articles in three languages, on collections.

CREATE TABLE collection (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  position BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX collection_name ON collection (name);
CREATE INDEX collection_position ON collection (position, id);

CREATE TABLE article (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  article_key TEXT COLLATE "C" NOT NULL, -- '' for none
  collection_id TEXT COLLATE "C" NOT NULL, -- '' for none
  locale TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  keywords TEXT NOT NULL, -- JSON list
  url TEXT NOT NULL,
  published BOOLEAN NOT NULL,
  helped BIGINT NOT NULL,
  not_helped BIGINT NOT NULL,
  rev BIGINT NOT NULL, -- of the knowledge base when it was changed last
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX article_translation ON article (article_key, locale) WHERE article_key <> '';
CREATE INDEX article_created ON article (created_at, id);
CREATE INDEX article_collection ON article (collection_id, created_at, id);
CREATE INDEX article_rev ON article (rev);

-- Articles that were deleted, so that who holds an index in memory forgets them.
CREATE TABLE article_gone (
  rev BIGINT NOT NULL PRIMARY KEY,
  article_id TEXT COLLATE "C" NOT NULL
);

-- Each change of an article takes the next number.
CREATE TABLE knowledge_state (
  id BIGINT NOT NULL PRIMARY KEY,
  rev BIGINT NOT NULL
);
INSERT INTO knowledge_state (id, rev) VALUES (1, 0);

-- +goose Down
SELECT 1;
