-- A load without an end: its process was killed, and DuckDB rolled its transaction back.
UPDATE load SET finished_at = $now, message = 'interrupted: its process ended before the commit'
WHERE finished_at IS NULL;
