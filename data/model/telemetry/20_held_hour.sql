-- One row per device, holder and UTC hour: observed, idle (signal <= 1 %) and busy milliseconds. A sample that speaks
-- across an hour's end is cut there; it reaches at most two steps, hence at most three hours.
WITH hour_offset AS (SELECT 0 AS hours UNION ALL SELECT 1 AS hours UNION ALL SELECT 2 AS hours),
cut AS (
  SELECT cover.device AS device, cover.holder AS holder, cover.node AS node, cover.ts AS ts, cover.signal AS signal,
    cover.signal_rank AS signal_rank, cover.step AS step, cover.sharers AS sharers,
    floor(cover.start_at / 3600000) + hour_offset.hours AS hour_no, cover.start_at AS start_at, cover.end_at AS end_at
  FROM cover JOIN hour_offset ON (floor(cover.start_at / 3600000) + hour_offset.hours) * 3600000 < cover.end_at),
piece AS (
  SELECT device, holder, node, ts, signal, signal_rank, step, hour_no,
    greatest(start_at, hour_no * 3600000) AS start_at, least(end_at, (hour_no + 1) * 3600000) AS end_at,
    to_double(least(end_at, (hour_no + 1) * 3600000) - greatest(start_at, hour_no * 3600000)) / nullif(sharers, 0) AS ms
  FROM cut)
SELECT device, holder, hour_no, max(node) AS node, min(signal_rank) AS signal_rank, max(step) AS step,
  sum(ms) AS observed, sum(CASE WHEN signal <= 0.01 THEN ms ELSE 0 END) AS idle,
  sum(signal * ms) AS signal_ms, max(signal) AS signal_max,
  sum(CASE WHEN ts >= hour_no * 3600000 THEN 1 ELSE 0 END) AS samples,
  min(start_at) AS first_seen, max(start_at) AS last_seen
FROM piece
GROUP BY 1, 2, 3
