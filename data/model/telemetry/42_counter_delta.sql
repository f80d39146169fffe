-- What a counter grew by since its previous sample, series by series, before any sum: a smaller value means that it began
-- again at 0, and so does another birth after that sample, which tells of a restart that had overtaken the old value before
-- anybody looked. Of a first sample nobody knows the growth, unless the series was born within what was read: then all of it.
WITH paired AS (
  SELECT series, ts, value, lag(value) OVER (PARTITION BY series ORDER BY ts) AS before,
    lag(ts) OVER (PARTITION BY series ORDER BY ts) AS before_ts
  FROM counter_tick)
SELECT paired.series AS series, paired.ts AS ts, paired.ts - paired.before_ts AS gap,
  CASE WHEN paired.value >= paired.before AND again.series IS NULL THEN paired.value - paired.before
    ELSE paired.value END AS delta
FROM paired CROSS JOIN load_window
LEFT JOIN birth ON birth.series = paired.series AND birth.place = 1
LEFT JOIN birth AS again ON again.series = paired.series AND again.told_at = paired.ts AND again.place > 1
  AND again.created > paired.before_ts
WHERE paired.ts >= load_window.window_start AND paired.ts < load_window.window_end
  AND (paired.before IS NOT NULL OR birth.created >= load_window.read_from)
