-- One row per counter series and instant; overlapping reads bring some of them twice.
SELECT sample.series AS series, sample.ts AS ts, max(sample.value) AS value
FROM sample JOIN counter ON counter.series = sample.series
WHERE sample.value >= 0
GROUP BY 1, 2
