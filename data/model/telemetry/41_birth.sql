-- When a counter series began, and began again, where the server says so (its _created twin, in seconds), each with the
-- scrape that told it first.
WITH told AS (
  SELECT twin.counter AS series, sample.value AS created, min(sample.ts) AS told_at
  FROM sample JOIN twin ON twin.series = sample.series
  GROUP BY 1, 2)
SELECT series, created * 1000 AS created, told_at, row_number() OVER (PARTITION BY series ORDER BY told_at, created) AS place
FROM told
