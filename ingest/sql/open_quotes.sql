-- A value with a quote too many that reaches over several lines has swallowed whole lines.
SELECT line, length(csv_line) - length(replace(csv_line, chr(10), '')) AS swallowed
FROM reject_errors
WHERE scan_id IN (SELECT scan_id FROM reject_scans WHERE file_path = $path)
    AND error_type = 'UNQUOTED VALUE' AND contains(trim(csv_line, chr(10) || chr(13)), chr(10))
ORDER BY line
LIMIT 1
