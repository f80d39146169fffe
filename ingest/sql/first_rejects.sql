SELECT file.uri, reject.line_no, reject.reason
FROM reject JOIN file ON reject.file_id = file.file_id
WHERE reject.load_id = $load_id
ORDER BY length(file.file_id), file.file_id, reject.line_no -- file 10 comes after file 2
LIMIT $most
