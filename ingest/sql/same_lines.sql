SELECT one.uri AS one, other.uri AS other, count(*) AS lines
FROM line_key AS one
JOIN line_key AS other ON one.key = other.key AND one.file_id < other.file_id
GROUP BY 1, 2
ORDER BY lines DESC
LIMIT 1
