-- Grain: place, a number of $days, absent where nothing moved: the resource whose cost changed most on that day, against its median of
-- the days of $befores (the same weekdays before it; absent on one = 0 on it), in the direction of $signs, among those of the
-- account and kind (instance type, else service) that changed most; within one rung, model, or account and kind (NULL = any).
-- resources: how many of that kind changed so. All places in one question, since it reads the charge lines of their days.
WITH asked AS (
    SELECT
        unnest(range(len($days))) AS place, unnest($days) AS day, unnest($befores) AS before, unnest($signs) AS sign,
        unnest(CAST($rungs AS VARCHAR [])) AS rung, unnest(CAST($model_names AS VARCHAR [])) AS model,
        unnest(CAST($account_names AS VARCHAR [])) AS account, unnest(CAST($kinds AS VARCHAR [])) AS kind
),
-- the day itself, which is no weekday before itself, and those
days AS (
    SELECT place, day, TRUE AS is_peak FROM asked
    UNION ALL
    SELECT place, unnest(before) AS day, FALSE FROM asked
),
charged AS (
    SELECT
        p.day, p.rung, p.model, coalesce(c.resource_id, 'no resource id') AS resource_id, c.sub_account_id,
        coalesce(c.instance_type, c.service_name, 'unknown service') AS kind,
        sum(in_view($view, p.effective_cost, p.billed_cost, p.contracted_cost, p.list_cost)) AS cost
    FROM part AS p
    JOIN cost AS c ON c.load_id = p.load_id AND c.line_id = p.line_id
    WHERE p.day IN (SELECT day FROM days) AND p.billing_currency = $currency
        AND (is_usage(p.rung, p.component) OR (p.rung = 'commitment_unused' AND $view = 'effective'))
        AND chosen($providers, p.provider) AND chosen($accounts, p.sub_account_id)
        AND chosen($teams, p.team) AND chosen($models, p.model)
    GROUP BY ALL
),
spent AS (
    SELECT a.place, d.day, d.is_peak, c.resource_id, c.sub_account_id, c.kind, sum(c.cost) AS cost
    FROM asked AS a
    JOIN days AS d ON d.place = a.place
    JOIN charged AS c ON c.day = d.day
    WHERE (c.rung = a.rung OR a.rung IS NULL) AND (c.model = a.model OR a.model IS NULL)
        AND (coalesce(c.sub_account_id, 'none') = a.account OR a.account IS NULL)
        AND (c.kind = a.kind OR a.kind IS NULL)
    GROUP BY ALL
),
resource AS (
    SELECT place, resource_id, sub_account_id, kind, sum(CASE WHEN is_peak THEN cost ELSE 0 END) AS cost
    FROM spent
    GROUP BY ALL
),
usual AS (
    SELECT r.place, r.resource_id, r.sub_account_id, r.kind, median(coalesce(s.cost, 0)) AS median_cost
    FROM resource AS r
    JOIN days AS d ON d.place = r.place AND NOT d.is_peak
    LEFT JOIN spent AS s ON s.place = r.place AND s.day = d.day AND s.resource_id = r.resource_id
        AND s.sub_account_id IS NOT DISTINCT FROM r.sub_account_id AND s.kind = r.kind
    GROUP BY ALL
),
moved AS (
    SELECT
        r.place, r.resource_id, r.sub_account_id, r.kind,
        CAST(a.sign * (r.cost - u.median_cost) AS DOUBLE) AS moved,
        sum(moved) OVER (PARTITION BY r.place, r.sub_account_id, r.kind) AS of_kind
    FROM resource AS r
    JOIN asked AS a ON a.place = r.place
    JOIN usual AS u ON u.place = r.place AND u.resource_id = r.resource_id
        AND u.sub_account_id IS NOT DISTINCT FROM r.sub_account_id AND u.kind = r.kind
)
SELECT
    place, resource_id, sub_account_id, kind,
    count(*) OVER (PARTITION BY place, sub_account_id, kind) AS resources
FROM moved
WHERE moved > 0.01
-- by name among equals, as day_driver does: the page names the same one every time
QUALIFY row_number() OVER (
    PARTITION BY place ORDER BY round(of_kind, 6) DESC, sub_account_id, kind, round(moved, 6) DESC, resource_id DESC
) = 1
ORDER BY place
