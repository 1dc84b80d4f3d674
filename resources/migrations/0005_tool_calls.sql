-- What a model called while it answered, with the results: a JSON array, '' for none.
ALTER TABLE messages ADD COLUMN tool_calls TEXT NOT NULL DEFAULT '';
