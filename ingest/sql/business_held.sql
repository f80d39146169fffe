SELECT count(*) AS rows, count(DISTINCT output) AS outputs, min(day) AS first_day, max(day) AS last_day
FROM stage_output
WHERE reason IS NULL
