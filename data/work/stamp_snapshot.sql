-- generation, time of publishing, schema version; and how far the data reaches.
INSERT INTO snapshot SELECT ?, ?, ?, (SELECT max(data_through) FROM source_state WHERE grain <> 'reference');
