SELECT file_id, line_no, reason, raw FROM request WHERE reason IS NOT NULL
