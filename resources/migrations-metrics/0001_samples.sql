-- Values of series over time, in a database of their own: they may be lost or deleted without harm.
CREATE TABLE samples (
  resolution INTEGER NOT NULL,  -- seconds that one row stands for: 1, 60 or 3600
  series     TEXT NOT NULL,
  at         INTEGER NOT NULL,  -- begin, seconds since 1970, a multiple of the resolution
  total      REAL NOT NULL,
  count      INTEGER NOT NULL,
  peak       REAL NOT NULL,
  PRIMARY KEY (resolution, at, series)
) STRICT, WITHOUT ROWID;
