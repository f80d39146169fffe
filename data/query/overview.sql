-- Grain: UTC day of the period, and one row without a day for the whole of it: the figures of the Overview's cards.
WITH spend AS (
    SELECT
        day,
        sum(in_view($view, effective_cost, billed_cost, contracted_cost, list_cost)) AS spend,
        sum(CASE WHEN is_idle(rung, sub_rung)
            THEN in_view($view, effective_cost, billed_cost, contracted_cost, list_cost) END) AS idle_cost
    FROM ladder
    WHERE day >= $start AND day < $end AND billing_currency = $currency
        AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
        AND chosen($teams, team) AND chosen($models, model)
        AND (rung <> 'unexplained' OR len($teams) + len($models) = 0)
    GROUP BY GROUPING SETS ((), (day))
),
unit AS (
    SELECT
        day,
        cost_per_inference(CASE WHEN counted THEN cost END, CASE WHEN charged THEN requests_ok END) AS cost_per_inference,
        sum(requests_ok) AS requests_ok
    FROM unit_cost_in($start, $end, $currency, $providers, $accounts, $teams, $models, $basis)
    GROUP BY GROUPING SETS ((), (day))
),
devices AS (
    SELECT
        CAST(hour AS DATE) AS day,
        utilisation(busy_seconds, observed_seconds) AS utilisation
    FROM gpu_hour
    WHERE hour >= $start AND hour < $end AND is_in($currency, billing_currency)
        AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
        AND chosen($teams, team) AND chosen($models, model)
    GROUP BY GROUPING SETS ((), (CAST(hour AS DATE)))
),
evidence AS (
    SELECT day, coverage(observed_cost, device_cost) AS coverage
    FROM coverage_day
    WHERE day >= $start AND day < $end AND billing_currency = $currency
        AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
        AND chosen($teams, team) AND chosen($models, model)
    GROUP BY GROUPING SETS ((), (day))
)
SELECT s.day, s.spend, s.idle_cost, u.cost_per_inference, u.requests_ok, d.utilisation, e.coverage
FROM spend s
LEFT JOIN unit u ON u.day IS NOT DISTINCT FROM s.day
LEFT JOIN devices d ON d.day IS NOT DISTINCT FROM s.day
LEFT JOIN evidence e ON e.day IS NOT DISTINCT FROM s.day
ORDER BY s.day NULLS FIRST
