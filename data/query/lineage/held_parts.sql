-- Keeps, as figure_part, the device-hours behind the seconds of figure_unit. Grain: device × UTC day × file. A version's device-hours
-- know no team, endpoint or mode of single requests: where the figure is narrowed to some, each gives the share that unit_cost has of
-- its day, version and machine kind.
CREATE OR REPLACE TEMP TABLE figure_part AS
WITH unit AS (
    SELECT
        day, model, version, gpu_model, provider, billing_account_id, sub_account_id,
        sum(CASE WHEN $measure = 'held hours' THEN held_seconds ELSE busy_seconds END) AS seconds
    FROM unit_cost
    WHERE day >= $start AND day < $end AND held_seconds IS NOT NULL
    GROUP BY ALL
),
counted AS (
    SELECT
        day, model, version, gpu_model, provider, billing_account_id, sub_account_id,
        sum(CASE WHEN $measure = 'held hours' THEN held_seconds ELSE busy_seconds END) AS seconds
    FROM figure_unit
    WHERE held_seconds IS NOT NULL
    GROUP BY ALL
),
share AS (
    SELECT c.* EXCLUDE (seconds), CASE WHEN u.seconds = c.seconds THEN 1 ELSE c.seconds / nullif(u.seconds, 0) END AS share
    FROM counted AS c
    JOIN unit AS u
        ON u.day = c.day AND u.model IS NOT DISTINCT FROM c.model AND u.version IS NOT DISTINCT FROM c.version
        AND u.gpu_model IS NOT DISTINCT FROM c.gpu_model AND u.provider IS NOT DISTINCT FROM c.provider
        AND u.billing_account_id IS NOT DISTINCT FROM c.billing_account_id AND u.sub_account_id IS NOT DISTINCT FROM c.sub_account_id
)
SELECT
    g.source, g.load_id, g.file_id, s.day, coalesce(g.resource_id, g.node) AS machine, g.device_id, g.state, g.model, g.version, g.team,
    g.gpu_model, g.provider, g.sub_account_id, count(*) AS hours,
    sum(CASE WHEN $measure = 'held hours' THEN g.observed_seconds ELSE g.busy_seconds END) / 3600 AS whole,
    whole * max(s.share) AS amount
FROM gpu_hour AS g
JOIN share AS s
    ON CAST(g.hour AS DATE) = s.day AND g.model IS NOT DISTINCT FROM s.model AND g.version IS NOT DISTINCT FROM s.version
    AND g.gpu_model IS NOT DISTINCT FROM s.gpu_model AND g.provider IS NOT DISTINCT FROM s.provider
    AND g.billing_account_id IS NOT DISTINCT FROM s.billing_account_id AND g.sub_account_id IS NOT DISTINCT FROM s.sub_account_id
WHERE g.hour >= $start AND g.hour < $end AND g.state = 'serving'
GROUP BY ALL
