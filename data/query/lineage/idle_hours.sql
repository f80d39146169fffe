-- Keeps, as figure_idle_hour, the device-hours that the runs of figure_run lie in. Grain: run × UTC hour × file of telemetry. `share` is
-- the run's part of what was observed in the hour.
CREATE OR REPLACE TEMP TABLE figure_idle_hour AS
SELECT
    r.run_id, r.day, g.hour, g.source, g.load_id, g.file_id,
    epoch(least(r.end_at, g.hour + INTERVAL 1 HOUR)) - epoch(greatest(r.start_at, g.hour)) AS seconds,
    seconds / nullif(g.observed_seconds, 0) AS share
FROM figure_run AS r
JOIN (
    SELECT device_id, namespace, pod, hour, source, load_id, file_id, sum(observed_seconds) AS observed_seconds
    FROM gpu_hour
    WHERE hour >= $start AND hour < $end AND observed_seconds > 0
    GROUP BY ALL
) AS g
    ON g.device_id = r.device_id AND g.namespace IS NOT DISTINCT FROM r.namespace AND g.pod IS NOT DISTINCT FROM r.pod
    AND CAST(g.hour AS DATE) = r.day AND g.hour < r.end_at AND g.hour + INTERVAL 1 HOUR > r.start_at
