-- The sampling step of a device: the median gap between its samples, at most an hour (a rarer sample says nothing about
-- the time between). A device that was sampled once takes the finest step of the load, else 30 s, the exporter's default.
WITH gap AS (
  SELECT device, next_ts - ts AS gap, count(*) AS gaps
  FROM signal_tick
  WHERE next_ts IS NOT NULL
  GROUP BY 1, 2),
ranked AS (
  SELECT device, gap, sum(gaps) OVER (PARTITION BY device ORDER BY gap) AS up_to, sum(gaps) OVER (PARTITION BY device) AS gaps
  FROM gap),
median AS (
  SELECT device, least(min(CASE WHEN up_to * 2 >= gaps THEN gap END), 3600000) AS step
  FROM ranked
  GROUP BY 1),
finest AS (SELECT coalesce(min(step), 30000) AS step FROM median),
seen AS (SELECT device FROM signal_tick GROUP BY 1)
SELECT seen.device AS device, coalesce(median.step, finest.step) AS step
FROM seen CROSS JOIN finest LEFT JOIN median ON median.device = seen.device
