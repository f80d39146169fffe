INSERT INTO snapshot
SELECT $generation, $published_at, $schema_version, (SELECT max(data_through) FROM source_state);
