-- Latency histograms per serving process and UTC hour, not cumulative: requests in (previous bound, bound]. Buckets come apart
-- scrape by scrape within one histogram, before anything is summed: engines, and the releases of one, cut differently. A
-- bucket that was away for some scrapes has grown since another instant than its histogram and is left out of that scrape.
WITH scraped AS (
  SELECT counter.process AS process, counter.role AS measure, counter.histogram AS histogram, counter.le AS le,
    counter_delta.ts AS ts, counter_delta.delta AS delta, counter_delta.gap AS gap,
    min(counter_delta.gap) OVER (PARTITION BY counter.histogram, counter_delta.ts) AS histogram_gap
  FROM counter_delta JOIN counter ON counter.series = counter_delta.series
  WHERE counter.le IS NOT NULL),
apart AS (
  SELECT process, measure, le, floor(ts / 3600000) AS hour_no,
    delta - coalesce(lag(delta) OVER (PARTITION BY histogram, ts ORDER BY le), 0) AS requests
  FROM scraped
  WHERE coalesce(gap, histogram_gap, 0) = coalesce(histogram_gap, 0)),
summed AS (
  SELECT process, measure, le, hour_no, sum(requests) AS requests
  FROM apart
  GROUP BY 1, 2, 3, 4)
SELECT process, measure, le, hour_no, requests
FROM summed
WHERE requests > 0
