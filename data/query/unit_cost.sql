-- Grain: chosen level: total, model, model × version, or the members of one dimension (in `member`), of mode also by model. What a version cost on the chosen basis, what it served, and the ratios.
-- Effective view. A ratio holds only cost that somebody counted requests (or tokens) for, and only requests that somebody
-- charged for; requests_ok NULL = nobody counted: its unit costs are unknown, its money is not.
WITH rows AS (
    SELECT
        CASE WHEN $level IN ('model', 'version', 'model and mode') THEN model END AS model,
        CASE WHEN $level = 'version' THEN version END AS version,
        CASE $level WHEN 'provider' THEN provider WHEN 'billing account' THEN billing_account_id WHEN 'account' THEN sub_account_id
            WHEN 'team' THEN team WHEN 'endpoint' THEN endpoint WHEN 'mode' THEN mode WHEN 'model and mode' THEN mode WHEN 'GPU type' THEN gpu_model END AS member,
        cost,
        requests_ok,
        tokens,
        busy_seconds,
        held_seconds,
        counted,
        CASE WHEN counted THEN cost END AS counted_cost,
        CASE WHEN charged THEN requests_ok END AS charged_requests,
        CASE WHEN tokened THEN cost END AS tokened_cost,
        CASE WHEN charged THEN tokens END AS charged_tokens
    FROM unit_cost_in($start, $end, $currency, $providers, $accounts, $teams, $models, $basis)
)
SELECT
    model,
    version,
    member,
    CAST(sum(cost) AS DOUBLE) AS cost,
    sum(requests_ok) AS requests_ok,
    sum(tokens) AS tokens,
    cost_per_inference(counted_cost, charged_requests) AS cost_per_inference,
    cost_per_1k(counted_cost, charged_requests) AS cost_per_1k,
    cost_per_1m_tokens(tokened_cost, charged_tokens) AS cost_per_1m_tokens,
    utilisation(busy_seconds, held_seconds) AS utilisation,
    throughput(CASE WHEN held_seconds > 0 THEN requests_ok END, CASE WHEN counted THEN busy_seconds END) AS throughput,
    CAST(sum(CASE WHEN counted THEN 0 ELSE cost END) AS DOUBLE) AS uncounted_cost
FROM rows
GROUP BY 1, 2, 3
ORDER BY cost DESC NULLS LAST
