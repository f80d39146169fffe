-- Grain: model, and one row without a model for the whole scope. MODEL 5: cost per inference = price / (utilisation x throughput),
-- all of them over held and observed device-hours; allocated basis, effective view. The scope is of models that somebody counts.
WITH held AS (
    SELECT
        model, coalesce(busy_cost, 0) + coalesce(idle_cost, 0) AS cost, busy_seconds, held_seconds, requests_ok,
        counted(unit_cost, requests_ok) AS counted
    FROM unit_cost
    WHERE day >= $start AND day < $end AND billing_currency = $currency AND held_seconds > 0
        AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
        AND chosen($teams, team) AND chosen($models, model)
),
part AS (
    SELECT FALSE AS whole, model, cost, busy_seconds, held_seconds, requests_ok FROM held
    UNION ALL
    SELECT TRUE, NULL, cost, busy_seconds, held_seconds, requests_ok FROM held WHERE counted
    UNION ALL
    SELECT TRUE, NULL, NULL, NULL, NULL, NULL  -- a scope without such a model is unknown, not absent
)
SELECT
    model,
    CAST(sum(cost) AS DOUBLE) AS cost,
    sum(held_seconds) / 3600 AS held_hours,
    sum(requests_ok) AS requests_ok,
    cost_per_inference(cost, requests_ok) AS cost_per_inference,
    price_per_gpu_hour(cost, held_seconds) AS price_per_gpu_hour,
    utilisation(busy_seconds, held_seconds) AS utilisation,
    throughput(requests_ok, busy_seconds) AS throughput
FROM part
GROUP BY whole, model
ORDER BY whole DESC, model NULLS FIRST
