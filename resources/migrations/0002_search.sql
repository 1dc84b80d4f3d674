-- Full text. The tokens are made by core/storage/SearchText: separated by spaces, already folded, so the ascii tokenizer
-- (every byte above 127 is part of a token) only has to cut. prefix='1' serves queries of one Chinese character.
CREATE VIRTUAL TABLE message_search USING fts5 (
  tokens, content='', contentless_delete=1, prefix='1', tokenize="ascii tokenchars '+#'");
CREATE VIRTUAL TABLE title_search USING fts5 (
  tokens, content='', contentless_delete=1, prefix='1', tokenize="ascii tokenchars '+#'");

CREATE TRIGGER messages_leave_search AFTER DELETE ON messages BEGIN
  DELETE FROM message_search WHERE rowid = old.n;
END;
CREATE TRIGGER sessions_leave_search AFTER DELETE ON sessions BEGIN
  DELETE FROM title_search WHERE rowid = old.n;
END;
