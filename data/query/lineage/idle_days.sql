-- Keeps, as figure_part, the idle device-hours of figure_run. Grain: run × UTC day × file that telemetry was read from. A day of a run
-- falls on its files by the run's seconds in the hours that each of them tells.
CREATE OR REPLACE TEMP TABLE figure_part AS
WITH told AS (
    SELECT run_id, day, source, load_id, file_id, sum(seconds) AS seconds FROM figure_idle_hour GROUP BY ALL
)
SELECT
    t.source, t.load_id, t.file_id, r.day, r.machine, r.device_id, r.state, r.model, r.version, r.team, r.gpu_model, r.provider,
    r.sub_account_id, r.start_at, r.end_at, r.signal,
    r.seconds / 3600 * coalesce(t.seconds / sum(t.seconds) OVER (PARTITION BY r.run_id, r.day), 1) AS amount
FROM figure_run AS r
LEFT JOIN told AS t ON t.run_id = r.run_id AND t.day = r.day
