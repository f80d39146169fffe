-- Grain: provider × account × service × resource: spend by who charged what. Beyond a service's $top largest resources the others
-- are one (resource_id NULL, `resources` of them); 'none' stands for NULL. `unexplained` is of no line and not in it.
WITH line AS (
    SELECT
        load_id, line_id, provider, sub_account_id,
        sum(in_view($view, effective_cost, billed_cost, contracted_cost, list_cost)) AS cost
    FROM part
    WHERE day >= $start AND day < $end AND billing_currency = $currency
        AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
        AND chosen($teams, team) AND chosen($models, model)
    GROUP BY ALL
),
resource_cost AS (
    SELECT
        coalesce(l.provider, 'none') AS provider, coalesce(l.sub_account_id, 'none') AS sub_account_id,
        coalesce(c.service_name, 'none') AS service_name, coalesce(c.resource_id, 'none') AS resource_id, sum(l.cost) AS cost
    FROM line AS l
    LEFT JOIN cost AS c ON c.load_id = l.load_id AND c.line_id = l.line_id
    GROUP BY ALL
),
ranked AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY provider, sub_account_id, service_name ORDER BY abs(cost) DESC NULLS LAST, resource_id
        ) <= $top AS large
    FROM resource_cost
)
SELECT
    provider, sub_account_id, service_name, CASE WHEN large THEN resource_id END AS resource_id, count(*) AS resources, sum(cost) AS cost
FROM ranked
GROUP BY ALL
ORDER BY provider, sub_account_id, service_name, cost DESC NULLS LAST, resource_id
