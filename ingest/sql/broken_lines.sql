-- CSV lines that the reader could not take apart. Every scan of the file notes them again; `line` counts the header.
SELECT DISTINCT ON (line) $file_id AS file_id, line - 1 AS line_no, error_message AS reason, csv_line AS raw
FROM reject_errors
WHERE scan_id IN (SELECT scan_id FROM reject_scans WHERE file_path = $path)
ORDER BY line
