-- Every version of every model that held devices or had cost or traffic in the period: shares are within its model.
WITH seen AS (
    SELECT model, version, min(day) AS first_seen, max(day) AS last_seen
    FROM unit_cost WHERE model IS NOT NULL AND day < $end GROUP BY 1, 2
),
period AS (
    SELECT
        model, version,
        -- Traffic that met no charge has an unknown cost, not none.
        sum(CASE WHEN coalesce(busy_cost, idle_cost, cpu_cost, managed_cost) IS NOT NULL
            THEN basis_cost($basis, unit_cost) END) AS cost,
        sum(requests_ok) AS requests_ok, sum(held_seconds) / 3600 AS held_hours, count(DISTINCT day) AS days,
        string_agg(DISTINCT team, ', ' ORDER BY team) AS team
    FROM unit_cost
    WHERE day >= $start AND day < $end AND model IS NOT NULL AND is_in($currency, billing_currency)
        AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
        AND chosen($teams, team) AND chosen($models, model)
    GROUP BY 1, 2
),
-- Where only a day is known (managed services), the day's last hour stands for it.
answered AS (
    SELECT model, version, max(hour) AS last_request
    FROM (
        SELECT model, version, hour FROM traffic_hour WHERE requests_ok > 0 AND NOT shadowed AND hour < $end
        UNION ALL
        SELECT model, version, CAST(max(day) AS TIMESTAMP) + INTERVAL 23 HOUR FROM unit_cost
        WHERE requests_ok > 0 AND day < $end GROUP BY 1, 2
        HAVING count(*) > 0 AND (model, coalesce(version, '')) NOT IN (
            SELECT model, coalesce(version, '') FROM traffic_hour WHERE requests_ok > 0 AND model IS NOT NULL
        )
    )
    GROUP BY 1, 2
),
-- A server that does not count its requests may have answered any number of them.
untold AS (
    SELECT model, version FROM traffic_hour
    WHERE requests_ok IS NULL AND NOT shadowed
        AND hour >= CAST($end AS TIMESTAMP) - to_days($silent_days) AND hour < $end
    GROUP BY 1, 2
),
reach AS (SELECT max(hour) AS last_hour FROM gpu_hour WHERE hour >= $start AND hour < $end AND observed_seconds > 0),
-- What the version holds now: the devices and pods of the period's last 24 hours.
holds AS (
    SELECT model, version, count(DISTINCT device_id) AS gpus, count(DISTINCT concat_ws('/', namespace, pod)) AS replicas
    FROM gpu_hour
    WHERE state = 'serving' AND hour > (SELECT last_hour FROM reach) - INTERVAL 24 HOUR
        AND hour >= $start AND hour < $end AND is_in($currency, billing_currency)
        AND chosen($providers, provider) AND chosen($accounts, sub_account_id) AND chosen($teams, team)
    GROUP BY 1, 2
),
shared AS (
    SELECT
        p.model, p.version, s.first_seen, s.last_seen, a.last_request, p.team,
        -- Where telemetry saw no GPU at all, nobody knows what a version holds.
        CASE WHEN reach.last_hour IS NOT NULL THEN coalesce(h.gpus, 0) END AS gpus,
        CASE WHEN reach.last_hour IS NOT NULL THEN coalesce(h.replicas, 0) END AS replicas, p.held_hours,
        p.requests_ok, p.requests_ok::DOUBLE / nullif(sum(p.requests_ok) OVER of_model, 0) AS traffic_share,
        p.cost::DOUBLE AS cost, p.cost::DOUBLE / nullif(sum(p.cost) OVER of_model, 0) AS cost_share,
        p.cost::DOUBLE / nullif(p.requests_ok, 0) AS cost_per_inference, p.days,
        s.last_seen >= CAST($end AS DATE) - 2 OR s.last_seen = max(s.last_seen) OVER () AS live_now,
        -- v10 comes after v9: two versions that were there from the first day of data are told apart by their numbers.
        {'seen': s.first_seen, 'number': list_transform(regexp_extract_all(p.version, '\d+'), lambda n: TRY_CAST(n AS BIGINT))}
            AS age
    FROM period p
    CROSS JOIN reach
    JOIN seen s ON s.model = p.model AND s.version IS NOT DISTINCT FROM p.version
    LEFT JOIN answered a ON a.model = p.model AND a.version IS NOT DISTINCT FROM p.version
    LEFT JOIN holds h ON h.model = p.model AND h.version IS NOT DISTINCT FROM p.version
    WINDOW of_model AS (PARTITION BY p.model)
),
newer AS (
    SELECT v.model, v.version, max_by(n.version, coalesce(n.requests_ok, 0)) AS superseded_by
    FROM shared v
    JOIN shared n ON n.model = v.model AND n.age > v.age AND coalesce(n.traffic_share, 0) > coalesce(v.traffic_share, 0)
    GROUP BY 1, 2
)
SELECT
    v.* EXCLUDE (age), n.superseded_by,
    -- No traffic at all is silence only where the model's traffic is told; else it is unknown.
    v.live_now AND u.model IS NULL AND CASE
        WHEN v.last_request IS NOT NULL THEN v.last_request < CAST($end AS TIMESTAMP) - to_days($silent_days)
        ELSE EXISTS (SELECT 1 FROM shared o WHERE o.model = v.model AND o.requests_ok IS NOT NULL)
    END AS silent,
    -- A version younger than the patience is still taking over and no candidate yet.
    v.live_now AND v.traffic_share < 0.01 AND v.cost_share > v.traffic_share
        AND (n.superseded_by IS NOT NULL OR v.first_seen < CAST($end AS DATE) - $silent_days)
        AND (SELECT count(*) FROM shared o WHERE o.model = v.model) > 1 AS faint
FROM shared v
LEFT JOIN newer n ON n.model = v.model AND n.version IS NOT DISTINCT FROM v.version
LEFT JOIN untold u ON u.model = v.model AND u.version IS NOT DISTINCT FROM v.version
ORDER BY v.cost DESC NULLS LAST, v.model, v.version
