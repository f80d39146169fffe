INSERT INTO line_key
SELECT DISTINCT file_id, uri, part_0 || ' ' || part_1 FROM line_key_raw
