-- API keys of our own server.
CREATE TABLE keys (
  n            INTEGER PRIMARY KEY AUTOINCREMENT,
  id           TEXT NOT NULL UNIQUE,
  hash         BLOB NOT NULL,
  name         TEXT NOT NULL,
  priority     TEXT NOT NULL CHECK (priority IN ('high', 'normal', 'low')),
  rate         TEXT NOT NULL,
  created_at   INTEGER NOT NULL,
  expires_at   INTEGER,
  revoked_at   INTEGER,
  last_used_at INTEGER
) STRICT;

-- Single values of the home.
CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT;
