-- One row per billed machine × hour × device × holder × activity × team, endpoint and mode of the hour's requests, and the
-- stretch [lo, hi) of the machine-hour's cost that is its own. The stretches of a machine-hour tile [0, 1) exactly.
WITH asked_pod AS (
    SELECT
        s.holder_no AS holder_no, t.hour AS hour, t.model AS model, t.version AS version, t.endpoint AS endpoint,
        t.mode AS mode, t.team AS team, t.share AS share
    FROM traffic_share AS t
    JOIN sighting AS s ON s.pod = t.pod AND coalesce(s.namespace, '') = coalesce(t.namespace, '')
),
shared_out AS (
    SELECT
        h.hour AS hour, h.machine_no AS machine_no, h.device_no AS device_no, h.holder_no AS holder_no,
        h.activity AS activity, h.state AS state, h.rung AS rung, h.sub_rung AS sub_rung, h.model AS model, h.version AS version,
        coalesce(t.endpoint, v.endpoint, CASE WHEN t.share IS NOT NULL THEN h.endpoint END) AS endpoint,
        coalesce(t.mode, v.mode, CASE WHEN t.share IS NOT NULL THEN h.mode END) AS mode,
        coalesce(h.team, t.team, v.team, b.team) AS team,
        h.seconds * h.device_weight * coalesce(t.share, v.share, 1.0) AS seconds
    FROM holding AS h
    JOIN machine_hour AS b ON b.machine_no = h.machine_no AND b.hour = h.hour
    LEFT JOIN asked_pod AS t
        ON h.state = 'serving' AND t.hour = h.hour AND t.holder_no = h.holder_no
        AND t.model = h.model AND coalesce(t.version, '') = coalesce(h.version, '')
    LEFT JOIN traffic_share AS v
        ON t.share IS NULL AND h.state = 'serving' AND v.pod IS NULL AND v.hour = h.hour
        AND v.model = h.model AND coalesce(v.version, '') = coalesce(h.version, '')
    WHERE h.seconds > 0
),
billed AS (
    SELECT
        s.hour AS hour, s.machine_no AS machine_no, s.device_no AS device_no, s.holder_no AS holder_no,
        s.activity AS activity, s.state AS state, s.rung AS rung, s.sub_rung AS sub_rung, s.model AS model, s.version AS version,
        s.endpoint AS endpoint, s.mode AS mode, s.team AS team, s.seconds AS seconds,
        row_number() OVER (
            PARTITION BY s.machine_no, s.hour
            ORDER BY s.device_no, s.activity, s.holder_no, s.team, s.endpoint, s.mode
        ) AS place
    FROM shared_out AS s
),
summed AS (
    SELECT
        hour, machine_no, device_no, holder_no, activity, state, rung, sub_rung, model, version, endpoint, mode, team, seconds, place,
        sum(seconds) OVER (PARTITION BY machine_no, hour) AS total,
        count(*) OVER (PARTITION BY machine_no, hour) AS places,
        sum(seconds) OVER (
            PARTITION BY machine_no, hour ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS upto
    FROM billed
),
cut AS (
    SELECT
        hour, machine_no, device_no, holder_no, activity, state, rung, sub_rung, model, version, endpoint, mode, team, seconds, place,
        CASE WHEN place = places THEN 1.0 ELSE upto / nullif(total, 0) END AS hi
    FROM summed
)
SELECT
    hour, machine_no, device_no, holder_no, activity, state, rung, sub_rung, model, version, endpoint, mode, team, seconds,
    coalesce(lag(hi) OVER (PARTITION BY machine_no, hour ORDER BY place), 0.0) AS lo, hi
FROM cut
