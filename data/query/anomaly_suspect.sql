-- One row or none: the resource whose cost changed most on $day, against its median of $before (the same weekdays before it; absent
-- on one = 0 on it), in the direction of $sign, among those of the account and kind (instance type, else service) that changed most;
-- within one rung, model, or account and kind (NULL = any). resources: how many of that kind changed so.
WITH days AS (
    SELECT unnest($before) AS day
),
spent AS (
    SELECT
        p.day, coalesce(c.resource_id, 'no resource id') AS resource_id, c.sub_account_id,
        coalesce(c.instance_type, c.service_name, 'unknown service') AS kind,
        sum(in_view($view, p.effective_cost, p.billed_cost, p.contracted_cost, p.list_cost)) AS cost
    FROM part AS p
    JOIN cost AS c ON c.load_id = p.load_id AND c.line_id = p.line_id
    WHERE (p.day = $day OR list_contains($before, p.day)) AND p.billing_currency = $currency
        AND (is_usage(p.rung, p.component) OR (p.rung = 'commitment_unused' AND $view = 'effective'))
        AND (p.rung = $rung OR $rung IS NULL) AND (p.model = $model OR $model IS NULL)
        AND (coalesce(c.sub_account_id, 'none') = $account OR $account IS NULL)
        AND (coalesce(c.instance_type, c.service_name, 'unknown service') = $kind OR $kind IS NULL)
        AND chosen($providers, p.provider) AND chosen($accounts, p.sub_account_id)
        AND chosen($teams, p.team) AND chosen($models, p.model)
    GROUP BY ALL
),
resource AS (
    SELECT resource_id, sub_account_id, kind, sum(CASE WHEN day = $day THEN cost ELSE 0 END) AS cost
    FROM spent
    GROUP BY ALL
),
usual AS (
    SELECT r.resource_id, r.sub_account_id, r.kind, median(coalesce(s.cost, 0)) AS median_cost
    FROM resource AS r
    CROSS JOIN days AS d
    LEFT JOIN spent AS s ON s.resource_id = r.resource_id AND s.sub_account_id IS NOT DISTINCT FROM r.sub_account_id
        AND s.kind = r.kind AND s.day = d.day
    GROUP BY ALL
),
moved AS (
    SELECT
        r.resource_id, r.sub_account_id, r.kind, CAST($sign * (r.cost - u.median_cost) AS DOUBLE) AS moved,
        sum(moved) OVER (PARTITION BY r.sub_account_id, r.kind) AS of_kind
    FROM resource AS r
    JOIN usual AS u
        ON u.resource_id = r.resource_id AND u.sub_account_id IS NOT DISTINCT FROM r.sub_account_id AND u.kind = r.kind
)
SELECT
    resource_id, sub_account_id, kind, moved,
    count(*) OVER (PARTITION BY sub_account_id, kind) AS resources
FROM moved
WHERE moved > 0.01
-- by name among equals, as day_driver does: the page names the same one every time
ORDER BY round(of_kind, 6) DESC, sub_account_id, kind, round(moved, 6) DESC, resource_id DESC
LIMIT 1
