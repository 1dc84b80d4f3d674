-- Sessions and their trees of messages. Rows are ordered by integers (n, seq), never by the clock.
CREATE TABLE sessions (
  n             INTEGER PRIMARY KEY AUTOINCREMENT,
  id            TEXT NOT NULL UNIQUE,
  owner         TEXT NOT NULL,
  title         TEXT NOT NULL DEFAULT '',
  folder        TEXT NOT NULL DEFAULT '',
  pinned        INTEGER NOT NULL DEFAULT 0,
  model         TEXT NOT NULL DEFAULT '',
  system_prompt TEXT NOT NULL DEFAULT '',
  project       TEXT NOT NULL DEFAULT '',
  leaf          INTEGER,                     -- messages.n
  created_at    INTEGER NOT NULL,            -- milliseconds since 1970, for showing
  updated_at    INTEGER NOT NULL UNIQUE,     -- made unique, so that it can serve as a page mark
  message_count INTEGER NOT NULL DEFAULT 0,  -- also the last seq given
  origin        TEXT,                        -- where an import found it
  import_batch  TEXT,                        -- set while an import is not complete: invisible
  removed_at    INTEGER                      -- in the bin since
) STRICT;
CREATE INDEX sessions_by_list ON sessions (owner, pinned, updated_at);
CREATE INDEX sessions_by_origin ON sessions (owner, origin) WHERE origin IS NOT NULL;
CREATE INDEX sessions_by_batch ON sessions (import_batch) WHERE import_batch IS NOT NULL;
CREATE INDEX sessions_by_removal ON sessions (removed_at) WHERE removed_at IS NOT NULL;

CREATE TABLE messages (
  n                INTEGER PRIMARY KEY AUTOINCREMENT,
  id               TEXT NOT NULL UNIQUE,
  session          INTEGER NOT NULL REFERENCES sessions (n) ON DELETE CASCADE,
  parent           INTEGER REFERENCES messages (n),  -- no cascade: a long chain would exceed the trigger depth
  seq              INTEGER NOT NULL,
  role             TEXT NOT NULL CHECK (role IN ('system', 'user', 'assistant', 'tool')),
  state            TEXT NOT NULL CHECK (state IN ('pending', 'complete', 'stopped', 'interrupted', 'failed')),
  content          TEXT NOT NULL DEFAULT '',
  reasoning        TEXT NOT NULL DEFAULT '',
  model            TEXT NOT NULL DEFAULT '',
  provider         TEXT NOT NULL DEFAULT '',
  created_at       INTEGER NOT NULL,
  input_tokens     INTEGER,
  output_tokens    INTEGER,
  usage_estimated  INTEGER NOT NULL DEFAULT 0,
  citations        TEXT NOT NULL DEFAULT '',  -- JSON array, '' for none
  error_code       TEXT,
  error_message    TEXT,
  first_token_ms   INTEGER NOT NULL DEFAULT -1,
  duration_ms      INTEGER NOT NULL DEFAULT -1,
  compacted_before INTEGER NOT NULL DEFAULT 0,
  UNIQUE (session, seq)
) STRICT;
CREATE INDEX messages_by_parent ON messages (session, parent, seq);
CREATE INDEX messages_by_only_parent ON messages (parent);
CREATE INDEX messages_pending ON messages (state) WHERE state = 'pending';

CREATE TABLE blobs (
  sha256 BLOB PRIMARY KEY,
  data   BLOB NOT NULL
) STRICT;

CREATE TABLE attachments (
  n         INTEGER PRIMARY KEY,
  id        TEXT NOT NULL UNIQUE,
  message   INTEGER NOT NULL REFERENCES messages (n) ON DELETE CASCADE,
  name      TEXT NOT NULL,
  mime_type TEXT NOT NULL,
  size      INTEGER NOT NULL,
  sha256    BLOB NOT NULL REFERENCES blobs (sha256)
) STRICT;
CREATE INDEX attachments_by_message ON attachments (message);
CREATE INDEX attachments_by_blob ON attachments (sha256);

CREATE TABLE compactions (
  n          INTEGER PRIMARY KEY AUTOINCREMENT,
  session    INTEGER NOT NULL REFERENCES sessions (n) ON DELETE CASCADE,
  boundary   INTEGER NOT NULL UNIQUE REFERENCES messages (n) ON DELETE CASCADE,
  summary    TEXT NOT NULL,
  tokens     INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX compactions_by_session ON compactions (session);
