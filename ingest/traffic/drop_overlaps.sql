-- Of the files of one log a line counts as often as the file counts it that holds most of it.
DELETE FROM request
WHERE rowid IN (
  SELECT row_no
  FROM (
    SELECT row_no, row_number() OVER (PARTITION BY log_no, line_hash, occurrence ORDER BY file_no) AS place
    FROM (
      SELECT r.rowid AS row_no, r.file_no, s.log_no, r.line_hash,
        row_number() OVER (PARTITION BY r.file_no, r.line_hash ORDER BY r.line_no) AS occurrence
      FROM request AS r
      JOIN (SELECT unnest($files) AS file_no, unnest($logs) AS log_no) AS s ON s.file_no = r.file_no
      WHERE r.reason IS NULL AND r.request_id IS NULL))
  WHERE place > 1)
