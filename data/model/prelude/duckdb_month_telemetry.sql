-- Telemetry of the month, and of the hours beyond it that a longer machine line reaches.
CREATE OR REPLACE TEMP TABLE calendar AS
WITH reach AS (
    SELECT
        least(min(o.month_start), min(hour_start(l.start_at))) AS first, greatest(max(o.month_end), max(l.end_at)) AS last
    FROM option AS o
    LEFT JOIN (
        SELECT c.start_at, c.end_at
        FROM month_line AS c
        JOIN line_rung AS r ON r.load_id = c.load_id AND r.line_id = c.line_id
        WHERE r.rung = 'device' AND NOT c.within_hour
    ) AS l ON true
)
SELECT h AS hour, h + INTERVAL 1 HOUR AS next_hour
FROM reach, unnest(generate_series(reach.first, reach.last - INTERVAL 1 MICROSECOND, INTERVAL 1 HOUR)) AS hours(h);

CREATE OR REPLACE TEMP VIEW month_hour AS
SELECT c.hour, c.next_hour FROM calendar AS c, option AS o WHERE c.hour >= o.month_start AND c.hour < o.month_end;

CREATE OR REPLACE TEMP VIEW month_seen AS
SELECT
    d.*,
    CAST(nullif(regexp_extract(d.mig_profile, '^(\d+)g', 1), '') AS DOUBLE) AS mig_slices,
    CASE WHEN d.gpu_model LIKE '%A30%' THEN 4.0 ELSE 7.0 END AS mig_total
FROM device_hour AS d
WHERE d.hour >= (SELECT min(hour) FROM calendar) AND d.hour <= (SELECT max(hour) FROM calendar);

CREATE OR REPLACE TEMP VIEW month_idle_stretch AS
SELECT s.* FROM idle_stretch AS s, option AS o WHERE s.start_at < o.month_end AND s.end_at > o.month_start;

-- A source that knows its cluster writes namespaces as cluster/namespace, and 'cluster/' where no namespace is told.
CREATE OR REPLACE TEMP VIEW month_traffic_seen AS
SELECT
    t.*, CASE WHEN contains(t.namespace, '/') THEN split_part(t.namespace, '/', 1) END AS cluster,
    nullif(split_part(t.namespace, '/', -1), '') AS plain_namespace
FROM traffic AS t, option AS o WHERE t.hour >= o.month_start AND t.hour < o.month_end;
