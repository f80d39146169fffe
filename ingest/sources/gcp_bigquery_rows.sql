-- The rows of invoice months as they stand, columns that nobody reads left out. Bounded by load time and by usage time,
-- as `bigquery_months` found them, so that no other partition is scanned and no late row is lost; and by export time, so
-- that rows which Google adds meanwhile wait for the next run.
SELECT {columns}
FROM `{table}`
WHERE {month} IN UNNEST(@months)
    AND {exported} <= @exported
    AND ({used} BETWEEN @used_from AND @used_until OR {used} IS NULL)
    AND {loaded}
