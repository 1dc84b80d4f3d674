-- One row for each model call. Kept when its session is deleted: what was spent stays spent.
CREATE TABLE usage (
  n             INTEGER PRIMARY KEY AUTOINCREMENT,
  at            INTEGER NOT NULL,
  owner         TEXT NOT NULL,
  session       TEXT NOT NULL,
  provider      TEXT NOT NULL,
  model         TEXT NOT NULL,
  input_tokens  INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  estimated     INTEGER NOT NULL,
  cost          REAL,
  status        TEXT NOT NULL
) STRICT;
CREATE INDEX usage_by_time ON usage (at);
CREATE INDEX usage_by_session ON usage (session) WHERE session <> '';
