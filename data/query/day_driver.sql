-- What made $day dearer than a median day of the period: instance types (else services), most first, each with the resource that
-- rose most. A type that is absent on a day cost 0 on it. By billing line, so a model cannot be asked for; a team can.
WITH lines AS (
    SELECT
        CAST(charge_period_start AS DATE) AS day,
        coalesce(instance_type, service_name, 'unknown service') AS kind,
        coalesce(resource_id, 'no resource id') AS resource_id,
        sub_account_id,
        sum(in_view($view, effective_cost, billed_cost, contracted_cost, list_cost)) AS cost
    FROM cost
    WHERE charge_period_start >= $start AND charge_period_start < $end AND billing_currency = $currency
        AND chosen($providers, provider) AND chosen($accounts, sub_account_id) AND chosen($teams, team)
        AND coalesce(charge_category, 'Usage') = 'Usage'
    GROUP BY 1, 2, 3, 4
),
days AS (
    SELECT DISTINCT day FROM lines
),
kind_day AS (
    SELECT k.kind, d.day, coalesce(sum(l.cost), 0) AS cost
    FROM (SELECT DISTINCT kind FROM lines) k
    CROSS JOIN days d
    LEFT JOIN lines l ON l.kind = k.kind AND l.day = d.day
    GROUP BY 1, 2
),
kind_excess AS (
    SELECT
        kind,
        CAST(sum(CASE WHEN day = $day THEN cost END) AS DOUBLE) AS cost,
        CAST(median(cost) AS DOUBLE) AS median_cost
    FROM kind_day
    GROUP BY 1
),
resource_excess AS (
    SELECT
        kind, resource_id, sub_account_id,
        CAST(coalesce(sum(CASE WHEN day = $day THEN cost END), 0) AS DOUBLE) AS cost,
        -- absent on most days: its median day is 0
        CASE WHEN 2 * count(*) < (SELECT count(*) FROM days) THEN 0.0 ELSE CAST(median(cost) AS DOUBLE) END AS median_cost
    FROM lines
    GROUP BY 1, 2, 3
),
top_resource AS (
    SELECT
        kind,
        -- by id among equals, so that the page names the same one every time
        max_by(resource_id, (round(cost - median_cost, 6), resource_id)) AS resource_id,
        max_by(sub_account_id, (round(cost - median_cost, 6), resource_id)) AS sub_account_id,
        count(CASE WHEN cost - median_cost > 0.01 THEN 1 END) AS resources_up
    FROM resource_excess
    GROUP BY 1
)
SELECT
    k.kind, k.cost, k.median_cost, k.cost - k.median_cost AS excess, t.resource_id, t.sub_account_id, t.resources_up
FROM kind_excess k
JOIN top_resource t ON t.kind = k.kind
WHERE k.cost - k.median_cost > 0.01
ORDER BY excess DESC
LIMIT 5
