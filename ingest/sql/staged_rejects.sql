SELECT $file_id AS file_id, staged_line.line_no, staged_line.reason, CAST(to_json(raw_file) AS VARCHAR) AS raw
FROM staged_line JOIN raw_file ON staged_line.line_no = raw_file.line_no
WHERE staged_line.reason IS NOT NULL
