-- When a counter series began, where the server says so (its _created twin, in seconds).
SELECT twin.counter AS series, min(sample.value) * 1000 AS created
FROM sample JOIN twin ON twin.series = sample.series
GROUP BY 1
