-- Consecutive samples of one device and holder at the same level of idleness, collapsed first: idle_from is the lowest
-- threshold at which they count as idle. Whatever lies between two stretches leaves a hole in time, so busy samples need
-- not be carried. A change of the number of sharers begins a new one, so that seconds are even within each.
WITH level AS (
  SELECT device, holder, sharers, node, signal_rank, step, start_at, end_at, to_double(end_at - start_at) / nullif(sharers, 0) AS ms,
    CASE WHEN signal <= 0 THEN 0 WHEN signal <= 0.005 THEN 0.005 WHEN signal <= 0.01 THEN 0.01
      WHEN signal <= 0.02 THEN 0.02 WHEN signal <= 0.05 THEN 0.05 ELSE 0.1 END AS idle_from
  FROM cover
  WHERE signal <= 0.1),
paired AS (
  SELECT device, holder, sharers, node, signal_rank, step, start_at, end_at, ms, idle_from,
    lag(sharers) OVER (PARTITION BY device, holder ORDER BY start_at) AS last_sharers,
    lag(end_at) OVER (PARTITION BY device, holder ORDER BY start_at) AS last_end,
    lag(idle_from) OVER (PARTITION BY device, holder ORDER BY start_at) AS last_level
  FROM level),
numbered AS (
  SELECT device, holder, sharers, node, signal_rank, step, start_at, end_at, ms, idle_from,
    sum(CASE WHEN last_end = start_at AND last_level = idle_from AND last_sharers = sharers THEN 0 ELSE 1 END)
      OVER (PARTITION BY device, holder ORDER BY start_at) AS run
  FROM paired)
SELECT device, holder, sharers, run, idle_from, max(node) AS node, max(signal_rank) AS signal_rank, max(step) AS step,
  min(start_at) AS start_at, max(end_at) AS end_at, sum(ms) AS ms, max(end_at - start_at) AS largest_gap
FROM numbered
GROUP BY 1, 2, 3, 4, 5
