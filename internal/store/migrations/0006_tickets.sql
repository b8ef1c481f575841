-- +goose Up
-- Tickets in full: what they say of themselves, who asked for them, their history.

ALTER TABLE ticket ADD COLUMN client_id TEXT COLLATE "C" NOT NULL DEFAULT ''; -- the caller whose id external_id is; '' for a connector's
ALTER TABLE ticket ADD COLUMN description TEXT NOT NULL DEFAULT ''; -- '' is the text that the conversation was opened with
ALTER TABLE ticket ADD COLUMN team_id TEXT COLLATE "C" NOT NULL DEFAULT ''; -- of the conversation, as assignee_id is
ALTER TABLE ticket ADD COLUMN handler TEXT NOT NULL DEFAULT ''; -- who an outside system says has it, when no agent is meant
ALTER TABLE ticket ADD COLUMN due_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE ticket ADD COLUMN custom_fields TEXT NOT NULL DEFAULT ''; -- JSON object
ALTER TABLE ticket ADD COLUMN duplicate_of TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE ticket ADD COLUMN status_at BIGINT NOT NULL DEFAULT 0; -- of when the status is; 0 until it has changed

UPDATE ticket SET team_id = COALESCE((SELECT c.team_id FROM conversation c WHERE c.id = ticket.conversation_id), ''),
assignee_id = COALESCE((SELECT c.assignee_id FROM conversation c WHERE c.id = ticket.conversation_id), assignee_id);

CREATE UNIQUE INDEX ticket_client ON ticket (client_id, external_id) WHERE client_id <> '' AND external_id <> '';
CREATE INDEX ticket_created ON ticket (created_at, id);
CREATE INDEX ticket_status ON ticket (status, created_at, id);
CREATE INDEX ticket_inbox ON ticket (inbox_id, created_at, id);
CREATE INDEX ticket_assignee ON ticket (assignee_id, created_at, id) WHERE assignee_id <> '';
CREATE INDEX ticket_team ON ticket (team_id, created_at, id) WHERE team_id <> '';
CREATE INDEX ticket_duplicate ON ticket (duplicate_of, number) WHERE duplicate_of <> '';

-- Every change of a ticket after it was made, one row for each member.
CREATE TABLE ticket_change (
  n INTEGER PRIMARY KEY AUTOINCREMENT, -- only: sqlite
  n BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- only: postgres
  ticket_id TEXT COLLATE "C" NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id TEXT NOT NULL,
  actor_name TEXT NOT NULL,
  actor_via TEXT NOT NULL,
  field TEXT NOT NULL,
  was TEXT NOT NULL,
  becomes TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX ticket_change_ticket ON ticket_change (ticket_id, n);

-- +goose Down
SELECT 1;
