-- One number for the content of what came back, whatever the order of series and samples.
SELECT count(*), sum(CAST(hash(s.metric, s.labels, r.ts, r.value) AS HUGEINT))
FROM sample AS r
JOIN staged_series AS s ON s.series = r.series
CROSS JOIN load_window AS w
WHERE r.ts >= w.window_start AND r.ts < w.window_end
