SELECT refused.file_id, refused.line_no, refused.reason, CAST(to_json(raw_file) AS VARCHAR) AS raw
FROM refused JOIN raw_file ON refused.line_no = raw_file.line_no
