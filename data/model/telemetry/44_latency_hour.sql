-- Latency histograms per serving process and UTC hour, not cumulative: requests in (previous bound, bound].
WITH cumulative AS (
  SELECT counter.process AS process, counter.role AS measure, counter.le AS le,
    floor(counter_delta.ts / 3600000) AS hour_no, sum(counter_delta.delta) AS requests
  FROM counter_delta JOIN counter ON counter.series = counter_delta.series
  WHERE counter.le IS NOT NULL
  GROUP BY 1, 2, 3, 4),
apart AS (
  SELECT process, measure, le, hour_no,
    requests - coalesce(lag(requests) OVER (PARTITION BY process, measure, hour_no ORDER BY le), 0) AS requests
  FROM cumulative)
SELECT process, measure, le, hour_no, requests
FROM apart
WHERE requests > 0
