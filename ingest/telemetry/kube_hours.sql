-- In which hours of the window each of these series was there, and what it said last in them.
SELECT sample.series, sample.ts // 3600000 AS hour_no, arg_max(sample.value, sample.ts) AS value
FROM sample
JOIN (SELECT DISTINCT CAST(unnest($series) AS INTEGER) AS series) AS wanted ON wanted.series = sample.series
CROSS JOIN load_window
WHERE sample.ts >= load_window.window_start AND sample.ts < load_window.window_end
GROUP BY 1, 2
