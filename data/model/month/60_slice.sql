-- One row per billed machine × hour × device × holder × activity × team, endpoint and mode of the hour's requests, and the
-- stretch [lo, hi) of the machine-hour's cost that is its own. The stretches of a machine-hour tile [0, 1) exactly.
WITH shared_out AS (
    SELECT
        h.hour AS hour, h.device_id AS device_id, h.resource_id AS resource_id, h.namespace AS namespace, h.pod AS pod,
        h.activity AS activity, h.state AS state, h.rung AS rung, h.sub_rung AS sub_rung, h.model AS model, h.version AS version,
        coalesce(t.endpoint, v.endpoint, CASE WHEN t.share IS NOT NULL THEN h.endpoint END) AS endpoint,
        coalesce(t.mode, v.mode, CASE WHEN t.share IS NOT NULL THEN h.mode END) AS mode,
        coalesce(h.team, t.team, v.team) AS team,
        h.seconds * h.device_weight * coalesce(t.share, v.share, 1.0) AS seconds
    FROM holding AS h
    LEFT JOIN traffic_share AS t
        ON h.state = 'serving' AND t.hour = h.hour AND t.pod = h.pod AND coalesce(t.namespace, '') = coalesce(h.namespace, '')
        AND t.model = h.model AND coalesce(t.version, '') = coalesce(h.version, '')
    LEFT JOIN traffic_share AS v
        ON t.share IS NULL AND h.state = 'serving' AND v.pod IS NULL AND v.hour = h.hour
        AND v.model = h.model AND coalesce(v.version, '') = coalesce(h.version, '')
    WHERE h.resource_id IS NOT NULL AND h.seconds > 0
),
billed AS (
    SELECT
        s.hour AS hour, s.device_id AS device_id, s.resource_id AS resource_id, s.namespace AS namespace, s.pod AS pod,
        s.activity AS activity, s.state AS state, s.rung AS rung, s.sub_rung AS sub_rung, s.model AS model, s.version AS version,
        s.endpoint AS endpoint, s.mode AS mode, s.team AS team, s.seconds AS seconds,
        sum(s.seconds) OVER (PARTITION BY s.resource_id, s.hour) AS total,
        sum(s.seconds) OVER (
            PARTITION BY s.resource_id, s.hour
            ORDER BY s.device_id, s.activity, s.namespace, s.pod, s.team, s.endpoint, s.mode
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS upto,
        row_number() OVER (
            PARTITION BY s.resource_id, s.hour
            ORDER BY s.device_id, s.activity, s.namespace, s.pod, s.team, s.endpoint, s.mode
        ) AS place,
        count(*) OVER (PARTITION BY s.resource_id, s.hour) AS places
    FROM shared_out AS s
    JOIN machine_hour AS b ON b.resource_id = s.resource_id AND b.hour = s.hour
),
cut AS (
    SELECT
        hour, device_id, resource_id, namespace, pod, activity, state, rung, sub_rung, model, version, endpoint, mode, team, seconds,
        place, CASE WHEN place = places THEN 1.0 ELSE upto / nullif(total, 0) END AS hi
    FROM billed
)
SELECT
    hour, device_id, resource_id, namespace, pod, activity, state, rung, sub_rung, model, version, endpoint, mode, team, seconds,
    coalesce(lag(hi) OVER (PARTITION BY resource_id, hour ORDER BY place), 0.0) AS lo, hi
FROM cut
