SELECT $file_id AS file_id, stage_output.line_no, stage_output.reason, CAST(to_json(raw_file) AS VARCHAR) AS raw
FROM stage_output JOIN raw_file ON stage_output.line_no = raw_file.line_no
WHERE stage_output.reason IS NOT NULL
