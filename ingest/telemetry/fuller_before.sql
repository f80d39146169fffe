-- Which of two hours a source held more of before this load than the load tells: requests, or seconds of devices.
WITH told AS (
  SELECT hour, load_id = $load_id AS ours,
    coalesce(requests_ok, 0) + coalesce(requests_failed, 0) + coalesce(requests_aside, 0) AS requests, 0 AS seconds
  FROM traffic
  WHERE source = $source AND hour IN ($first, $last)
  UNION ALL
  SELECT hour, load_id = $load_id, 0, observed_seconds
  FROM device_hour
  WHERE source = $source AND hour IN ($first, $last))
SELECT hour
FROM told
GROUP BY hour
HAVING sum(requests) FILTER (NOT ours) > coalesce(sum(requests) FILTER (ours), 0)
  OR sum(seconds) FILTER (NOT ours) > coalesce(sum(seconds) FILTER (ours), 0) + 0.001 -- sums of shares of a second
ORDER BY hour
