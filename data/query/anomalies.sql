-- Grain: UTC day × dimension (total, rung, model, account and kind) × key: cost of usage since the data begins, for days to be
-- judged by the weekdays before them. What is charged once is left out, since nothing happened on its day: support, tax, credits,
-- corrections, timing, fees as they were billed, and lines of usage that are longer than a day and no machine's.
WITH used AS (
    SELECT day, rung, model, in_view($view, effective_cost, billed_cost, contracted_cost, list_cost) AS cost
    FROM ladder
    WHERE day < $end AND billing_currency = $currency
        AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
        AND chosen($teams, team) AND chosen($models, model)
        AND (is_usage(rung, component) OR (rung = 'commitment_unused' AND $view = 'effective'))
    UNION ALL
    SELECT p.day, p.rung, p.model, 0 - in_view($view, p.effective_cost, p.billed_cost, p.contracted_cost, p.list_cost)
    FROM part AS p
    JOIN cost AS c ON c.load_id = p.load_id AND c.line_id = p.line_id
    WHERE p.day < $end AND p.billing_currency = $currency AND p.hour IS NULL
        AND c.charge_period_end - c.charge_period_start > INTERVAL 25 HOUR
        AND chosen($providers, p.provider) AND chosen($accounts, p.sub_account_id)
        AND chosen($teams, p.team) AND chosen($models, p.model)
        AND (is_usage(p.rung, p.component) OR (p.rung = 'commitment_unused' AND $view = 'effective'))
),
-- By billing line, which knows no model; what is no AI is on no rung of it.
outside AS (
    SELECT load_id, line_id FROM part WHERE rung = 'outside' AND day < $end
),
lines AS (
    SELECT
        CAST(charge_period_start AS DATE) AS day, sub_account_id,
        coalesce(instance_type, service_name, 'unknown service') AS kind,
        in_view($view, effective_cost, billed_cost, contracted_cost, list_cost) AS cost
    FROM cost AS c
    WHERE charge_period_start < $end AND billing_currency = $currency AND len($models) = 0
        AND chosen($providers, provider) AND chosen($accounts, sub_account_id) AND chosen($teams, team)
        AND coalesce(charge_category, 'Usage') = 'Usage' AND charge_class IS NULL
        AND ($view = 'effective' OR commitment_discount_status IS DISTINCT FROM 'Unused')
        AND charge_period_end - charge_period_start <= INTERVAL 25 HOUR
        AND NOT EXISTS (FROM outside AS o WHERE o.load_id = c.load_id AND o.line_id = c.line_id)
)
SELECT
    day,
    CASE WHEN grouping(rung) = 0 THEN 'rung' WHEN grouping(model) = 0 THEN 'model' ELSE 'total' END AS dimension,
    rung, model, NULL AS account, NULL AS kind, CAST(sum(cost) AS DOUBLE) AS cost
FROM used
GROUP BY GROUPING SETS ((day), (day, rung), (day, model))
HAVING grouping(model) = 1 OR model IS NOT NULL
UNION ALL
SELECT
    day, 'account and kind' AS dimension, NULL, NULL, coalesce(sub_account_id, 'none'), kind, CAST(sum(cost) AS DOUBLE)
FROM lines
GROUP BY day, sub_account_id, kind
ORDER BY day, dimension, rung, model, account, kind
