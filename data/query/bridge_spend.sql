-- Grain: model × version × how it is served (device, cpu, managed): what a version cost in the view, and what it did; and, without
-- a model, every other rung of the ladder. The costs sum to the spend of the period.
WITH rungs AS (
    SELECT
        model, version, rung,
        CASE WHEN model IS NULL THEN NULL
            WHEN rung IN ('serving_busy', 'serving_idle') THEN 'device'
            WHEN rung = 'serving_cpu' THEN 'cpu'
            WHEN rung = 'managed' THEN 'managed' END AS kind,
        in_view($view, effective_cost, billed_cost, contracted_cost, list_cost) AS cost
    FROM ladder
    WHERE day >= $start AND day < $end AND billing_currency = $currency
        AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
        AND chosen($teams, team) AND chosen($models, model)
        AND (rung <> 'unexplained' OR len($teams) + len($models) = 0)
),
-- A model that is served in one way has all its requests served in it; else the row of the count tells.
one_kind AS (
    SELECT model, CASE WHEN count(DISTINCT kind) = 1 THEN max(kind) END AS kind FROM rungs WHERE kind IS NOT NULL GROUP BY 1
),
work AS (
    SELECT
        u.model, u.version, coalesce(k.kind, served_by(u)) AS kind, u.requests_ok, u.input_tokens + u.output_tokens AS tokens,
        u.busy_seconds, u.held_seconds
    FROM unit_cost AS u
    JOIN one_kind AS k ON k.model = u.model
    WHERE u.day >= $start AND u.day < $end AND u.billing_currency = $currency
        AND chosen($providers, u.provider) AND chosen($accounts, u.sub_account_id)
        AND chosen($teams, u.team) AND chosen($models, u.model)
),
both_sides AS (
    SELECT
        CASE WHEN kind IS NULL THEN rung END AS rung, CASE WHEN kind IS NOT NULL THEN model END AS model,
        CASE WHEN kind IS NOT NULL THEN version END AS version, kind, cost,
        NULL AS requests_ok, NULL AS tokens, NULL AS busy_seconds, NULL AS held_seconds
    FROM rungs
    UNION ALL
    SELECT NULL, model, version, kind, NULL, requests_ok, tokens, busy_seconds, held_seconds FROM work
)
SELECT
    rung, model, version, kind, sum(cost) AS cost, sum(requests_ok) AS requests,
    -- tokens of some requests only would make every request look shorter
    CASE WHEN count(CASE WHEN requests_ok > 0 AND tokens IS NULL THEN 1 END) = 0 THEN sum(tokens) END AS tokens,
    sum(busy_seconds) AS busy_seconds, sum(held_seconds) AS held_seconds
FROM both_sides
GROUP BY ALL
ORDER BY model, version, kind, rung
