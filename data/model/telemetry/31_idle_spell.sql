-- Unbroken idle stretches of one device and holder at each threshold. One that rests on two signals carries the weaker.
WITH threshold AS (
  SELECT 0 AS threshold UNION ALL SELECT 0.005 AS threshold UNION ALL SELECT 0.01 AS threshold
  UNION ALL SELECT 0.02 AS threshold UNION ALL SELECT 0.05 AS threshold UNION ALL SELECT 0.1 AS threshold),
idle AS (
  SELECT level_run.device AS device, level_run.holder AS holder, level_run.sharers AS sharers, level_run.node AS node, threshold.threshold AS threshold,
    level_run.signal_rank AS signal_rank, level_run.step AS step, level_run.start_at AS start_at,
    level_run.end_at AS end_at, level_run.ms AS ms, level_run.largest_gap AS largest_gap
  FROM level_run JOIN threshold ON level_run.idle_from <= threshold.threshold),
paired AS (
  SELECT device, holder, sharers, node, threshold, signal_rank, step, start_at, end_at, ms, largest_gap,
    lag(end_at) OVER (PARTITION BY device, holder, sharers, threshold ORDER BY start_at) AS last_end
  FROM idle),
numbered AS (
  SELECT device, holder, sharers, node, threshold, signal_rank, step, start_at, end_at, ms, largest_gap,
    sum(CASE WHEN last_end = start_at THEN 0 ELSE 1 END)
      OVER (PARTITION BY device, holder, sharers, threshold ORDER BY start_at) AS spell
  FROM paired)
SELECT device, holder, sharers, threshold, spell, max(node) AS node, max(signal_rank) AS signal_rank,
  max(step) / 1000 AS step_seconds, min(start_at) AS start_at, max(end_at) AS end_at, sum(ms) / 1000 AS seconds,
  max(largest_gap) / 1000 AS largest_gap
FROM numbered
GROUP BY 1, 2, 3, 4, 5
