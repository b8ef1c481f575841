-- +goose Up
-- Customers in a community: the bot that answers first, the hand-off to a person, what they thought of it.

ALTER TABLE conversation ADD COLUMN epoch BIGINT NOT NULL DEFAULT 0; -- counts the changes of who answers: what was begun in another epoch is not said
ALTER TABLE contact ADD COLUMN locale TEXT NOT NULL DEFAULT ''; -- the language that the person reads; '' is not known
ALTER TABLE contact ADD COLUMN blocked_at BIGINT NOT NULL DEFAULT 0; -- 0 is not blocked
CREATE INDEX contact_blocked ON contact (created_at, id) WHERE blocked_at > 0;
ALTER TABLE inbox ADD COLUMN hours TEXT NOT NULL DEFAULT ''; -- business hours and holidays, JSON; '' is always open
ALTER TABLE article_gone ADD COLUMN gone_at BIGINT NOT NULL DEFAULT 0; -- so that it can be forgotten; knowledge_state 2 is up to which number it was

-- Messages that the bot has still to answer. A row goes in the transaction of the answer, or when somebody else answers.
CREATE TABLE bot_turn (
  message_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  conversation_id TEXT COLLATE "C" NOT NULL,
  seq BIGINT NOT NULL,
  epoch BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX bot_turn_due ON bot_turn (due_at, conversation_id);
CREATE INDEX bot_turn_conversation ON bot_turn (conversation_id, seq);

-- What each answer of the bot was based on. Its text is the message; the question is the messages that it names.
CREATE TABLE bot_answer (
  message_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  conversation_id TEXT COLLATE "C" NOT NULL,
  questions TEXT NOT NULL, -- JSON list of message ids
  locale TEXT NOT NULL,
  source TEXT NOT NULL, -- excerpts, writer, or none when it had no answer
  confidence BIGINT NOT NULL, -- thousandths
  reason TEXT NOT NULL, -- why it had no answer, or why the writer's was not used
  articles TEXT NOT NULL, -- JSON list of {id, title, score, used}
  miss BOOLEAN NOT NULL,
  epoch BIGINT NOT NULL,
  helped BIGINT NOT NULL, -- 0 nobody said, 1 it did, -1 it did not
  helped_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX bot_answer_conversation ON bot_answer (conversation_id, created_at);
CREATE INDEX bot_answer_created ON bot_answer (created_at, message_id);

-- The bot is silent once somebody else has the talk, whatever program writes here: the conversation's row is locked by who gives out places.
-- +goose StatementBegin
CREATE TRIGGER bot_silent BEFORE INSERT ON message WHEN NEW.author_kind = 'bot' AND NEW.author_id = 'kefu' AND (SELECT c.handler FROM conversation c WHERE c.id = NEW.conversation_id) <> 'bot' BEGIN SELECT RAISE(ABORT, 'the bot does not have this conversation'); END; -- only: sqlite
CREATE FUNCTION bot_is_silent() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF (SELECT c.handler FROM conversation c WHERE c.id = NEW.conversation_id) <> ''bot'' THEN RAISE EXCEPTION ''the bot does not have this conversation''; END IF; RETURN NEW; END'; -- only: postgres
-- +goose StatementEnd
CREATE TRIGGER bot_silent BEFORE INSERT ON message FOR EACH ROW WHEN (NEW.author_kind = 'bot' AND NEW.author_id = 'kefu') EXECUTE FUNCTION bot_is_silent(); -- only: postgres

-- What the writer has cost, by day (UTC).
CREATE TABLE writer_use (
  day TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  calls BIGINT NOT NULL,
  tokens BIGINT NOT NULL
);

-- Conversations that wait for a person. step is how many desks were told; when the next is told is due_at, 0 when all were.
CREATE TABLE waiting (
  conversation_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  inbox_id TEXT COLLATE "C" NOT NULL,
  since BIGINT NOT NULL,
  step BIGINT NOT NULL,
  due_at BIGINT NOT NULL
);
CREATE INDEX waiting_due ON waiting (due_at) WHERE due_at > 0;
CREATE INDEX waiting_since ON waiting (inbox_id, since);

-- What customers were asked after the end, and what they said.
CREATE TABLE rating (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  conversation_id TEXT COLLATE "C" NOT NULL,
  contact_id TEXT COLLATE "C" NOT NULL,
  inbox_id TEXT COLLATE "C" NOT NULL,
  agent_id TEXT COLLATE "C" NOT NULL, -- who had it at its end
  team_id TEXT COLLATE "C" NOT NULL,
  stars BIGINT NOT NULL, -- 0 is not answered
  comment TEXT NOT NULL,
  asked_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  rated_at BIGINT NOT NULL
);
CREATE INDEX rating_conversation ON rating (conversation_id, asked_at);
CREATE INDEX rating_contact ON rating (contact_id);
CREATE INDEX rating_rated ON rating (rated_at, id) WHERE rated_at > 0;

-- Merges of contacts, with what was moved, so that they can be undone.
CREATE TABLE contact_merge (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  from_id TEXT COLLATE "C" NOT NULL,
  into_id TEXT COLLATE "C" NOT NULL,
  moved TEXT NOT NULL, -- JSON: the conversations, identities and members that were the other's
  merged_at BIGINT NOT NULL,
  undone_at BIGINT NOT NULL
);
CREATE INDEX contact_merge_into ON contact_merge (into_id, merged_at);
CREATE INDEX contact_merge_from ON contact_merge (from_id, merged_at);

-- Feeds that are announced, and what of them was.
CREATE TABLE feed (
  inbox_id TEXT COLLATE "C" NOT NULL,
  url TEXT COLLATE "C" NOT NULL,
  begun BOOLEAN NOT NULL, -- what it held when it was read first is not announced
  etag TEXT NOT NULL,
  modified TEXT NOT NULL,
  checked_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  failures BIGINT NOT NULL,
  error TEXT NOT NULL,
  well_at BIGINT NOT NULL, -- when it could be read last, or was followed first
  followed_at BIGINT NOT NULL, -- when the settings named it last: what nobody follows is forgotten
  PRIMARY KEY (inbox_id, url)
);

CREATE TABLE feed_item (
  inbox_id TEXT COLLATE "C" NOT NULL,
  url TEXT COLLATE "C" NOT NULL,
  guid TEXT COLLATE "C" NOT NULL, -- digest of the item's own id
  likeness TEXT COLLATE "C" NOT NULL, -- digest of link and title, for feeds that give the same item another id
  announcement_id TEXT COLLATE "C" NOT NULL, -- '' was there before the feed was followed
  seen_at BIGINT NOT NULL, -- when the feed had it last, to within a week
  PRIMARY KEY (inbox_id, url, guid)
);
CREATE INDEX feed_item_seen ON feed_item (inbox_id, url, seen_at);

-- +goose Down
SELECT 1;
