SELECT $file_id AS file_id, stage_rate.line_no, stage_rate.reason, CAST(to_json(raw_file) AS VARCHAR) AS raw
FROM stage_rate JOIN raw_file ON stage_rate.line_no = raw_file.line_no
WHERE stage_rate.reason IS NOT NULL
