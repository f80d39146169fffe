-- Grain: chosen level (total, model, or model × version). What a version cost on the chosen basis, what it served, and the ratios.
-- Effective view. requests_ok NULL = nobody counted: its unit costs are unknown, its money is not.
WITH rows AS (
    SELECT
        CASE WHEN $level = 'total' THEN NULL ELSE model END AS model,
        CASE WHEN $level = 'version' THEN version END AS version,
        basis_cost($basis, unit_cost) AS cost,
        requests_ok,
        input_tokens + output_tokens AS tokens,
        busy_seconds,
        held_seconds,
        -- a version's hours without traffic are no sign that nobody counts its requests; a whole period is
        sum(requests_ok) OVER (PARTITION BY model, version) IS NULL AS uncounted,
        -- likewise a model without tokens: what it cost bought none
        sum(input_tokens + output_tokens) OVER (PARTITION BY model) IS NOT NULL AS tokened
    FROM unit_cost
    WHERE day >= $start AND day < $end AND billing_currency = $currency
        AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
        AND chosen($teams, team) AND chosen($models, model)
)
SELECT
    model,
    version,
    CAST(sum(cost) AS DOUBLE) AS cost,
    sum(requests_ok) AS requests_ok,
    sum(tokens) AS tokens,
    cost_per_inference(cost, requests_ok) AS cost_per_inference,
    cost_per_1k(cost, requests_ok) AS cost_per_1k,
    cost_per_1m_tokens(CASE WHEN tokened THEN cost END, tokens) AS cost_per_1m_tokens,
    utilisation(busy_seconds, held_seconds) AS utilisation,
    throughput(CASE WHEN held_seconds > 0 THEN requests_ok END, busy_seconds) AS throughput,
    CAST(sum(CASE WHEN uncounted THEN cost ELSE 0 END) AS DOUBLE) AS uncounted_cost
FROM rows
GROUP BY 1, 2
ORDER BY cost DESC
