-- What each model version holds, did and served, by unit-cost key: allocated cost, device-seconds, requests and tokens.
-- Requests of a server without a known machine take the accounts of the one place where their model version, else their model,
-- has cost (a log often names no version, or another than the bill); the currency likewise, else the only one there is.
WITH currency AS (
    SELECT billing_account_id, max(billing_currency) AS billing_currency FROM ladder_rung GROUP BY 1
),
only_currency AS (
    SELECT max(billing_currency) AS billing_currency FROM ladder_rung HAVING count(DISTINCT billing_currency) = 1
),
-- a rung that a version has no part of is 0; a cost that the export does not tell stays NULL
cost AS (
    SELECT
        day, model, version, endpoint, mode, team, gpu_model, provider, billing_account_id, sub_account_id, billing_currency,
        sum(CASE WHEN rung = 'serving_busy' OR effective_cost IS NULL THEN effective_cost ELSE to_money(0) END) AS busy_cost,
        sum(CASE WHEN rung = 'serving_idle' OR effective_cost IS NULL THEN effective_cost ELSE to_money(0) END) AS idle_cost,
        sum(CASE WHEN rung = 'serving_cpu' OR effective_cost IS NULL THEN effective_cost ELSE to_money(0) END) AS cpu_cost,
        sum(CASE WHEN rung = 'managed' OR effective_cost IS NULL THEN effective_cost ELSE to_money(0) END) AS managed_cost
    FROM ladder_rung
    WHERE rung IN ('serving_busy', 'serving_idle', 'serving_cpu', 'managed')
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
),
place AS (
    SELECT
        model, version, max(provider) AS provider, max(billing_account_id) AS billing_account_id,
        max(sub_account_id) AS sub_account_id, max(gpu_model) AS gpu_model, max(billing_currency) AS billing_currency
    FROM cost
    GROUP BY 1, 2
    HAVING count(DISTINCT sub_account_id) = 1 AND count(DISTINCT gpu_model) <= 1 AND count(DISTINCT billing_currency) = 1
),
model_place AS (
    SELECT
        model, max(provider) AS provider, max(billing_account_id) AS billing_account_id,
        max(sub_account_id) AS sub_account_id, max(gpu_model) AS gpu_model
    FROM cost
    GROUP BY 1
    HAVING count(DISTINCT sub_account_id) = 1 AND count(DISTINCT gpu_model) <= 1 AND count(DISTINCT billing_currency) = 1
),
-- two accounts may be two places and still one currency
model_currency AS (
    SELECT model, max(billing_currency) AS billing_currency FROM cost GROUP BY 1 HAVING count(DISTINCT billing_currency) = 1
),
served AS (
    SELECT
        day_of(t.hour) AS day, t.model AS model, t.version AS version, t.endpoint AS endpoint, t.mode AS mode, t.team AS team,
        CASE WHEN t.provider IS NULL THEN coalesce(p.gpu_model, m.gpu_model) ELSE t.gpu_model END AS gpu_model,
        coalesce(t.provider, p.provider, m.provider) AS provider,
        coalesce(t.billing_account_id, p.billing_account_id, m.billing_account_id) AS billing_account_id,
        coalesce(t.sub_account_id, p.sub_account_id, m.sub_account_id) AS sub_account_id,
        coalesce(c.billing_currency, p.billing_currency, k.billing_currency, o.billing_currency) AS billing_currency,
        -- where somebody did not count the failed ones nobody knows how many there were in all
        CASE WHEN count(*) = count(t.requests_failed) THEN sum(t.requests_ok + t.requests_failed) END AS requests,
        sum(t.requests_ok) AS requests_ok,
        sum(t.input_tokens) AS input_tokens, sum(t.cached_tokens) AS cached_tokens, sum(t.output_tokens) AS output_tokens,
        -- the input of servers that tell what a cache answered; the work of those that tell both of its phases
        sum(CASE WHEN t.cached_tokens IS NOT NULL THEN t.input_tokens END) AS cacheable_tokens,
        sum(CASE WHEN t.prefill_seconds + t.decode_seconds IS NOT NULL THEN t.requests_ok END) AS phased_requests,
        sum(CASE WHEN t.decode_seconds IS NOT NULL THEN t.prefill_seconds END) AS prefill_seconds,
        sum(CASE WHEN t.prefill_seconds IS NOT NULL THEN t.decode_seconds END) AS decode_seconds
    FROM built_traffic AS t
    LEFT JOIN place AS p ON p.model = t.model AND p.version IS NOT DISTINCT FROM t.version
    LEFT JOIN model_place AS m ON m.model = t.model
    LEFT JOIN model_currency AS k ON k.model = t.model
    LEFT JOIN currency AS c ON c.billing_account_id = t.billing_account_id
    LEFT JOIN only_currency AS o ON o.billing_currency IS NOT NULL
    WHERE NOT t.shadowed
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
),
measure AS (
    SELECT
        day, model, version, endpoint, mode, team, gpu_model, provider, billing_account_id, sub_account_id, billing_currency,
        busy_cost, idle_cost, cpu_cost, managed_cost, NULL AS busy_seconds, NULL AS held_seconds,
        NULL AS requests, NULL AS requests_ok, NULL AS input_tokens, NULL AS cached_tokens, NULL AS output_tokens,
        NULL AS cacheable_tokens, NULL AS phased_requests, NULL AS prefill_seconds, NULL AS decode_seconds
    FROM cost
    UNION ALL
    SELECT
        h.day AS day, h.model AS model, h.version AS version, h.endpoint AS endpoint, h.mode AS mode, h.team AS team,
        h.gpu_model AS gpu_model, h.provider AS provider, h.billing_account_id AS billing_account_id,
        h.sub_account_id AS sub_account_id, c.billing_currency AS billing_currency,
        NULL AS busy_cost, NULL AS idle_cost, NULL AS cpu_cost, NULL AS managed_cost, h.busy_seconds AS busy_seconds, h.held_seconds AS held_seconds,
        NULL AS requests, NULL AS requests_ok, NULL AS input_tokens, NULL AS cached_tokens, NULL AS output_tokens,
        NULL AS cacheable_tokens, NULL AS phased_requests, NULL AS prefill_seconds, NULL AS decode_seconds
    FROM built_held AS h
    LEFT JOIN currency AS c ON c.billing_account_id = h.billing_account_id
    UNION ALL
    SELECT
        day, model, version, endpoint, mode, team, gpu_model, provider, billing_account_id, sub_account_id, billing_currency,
        NULL AS busy_cost, NULL AS idle_cost, NULL AS cpu_cost, NULL AS managed_cost, NULL AS busy_seconds, NULL AS held_seconds,
        requests, requests_ok, input_tokens, cached_tokens, output_tokens,
        cacheable_tokens, phased_requests, prefill_seconds, decode_seconds
    FROM served
)
SELECT
    day, model, version, endpoint, mode, team, gpu_model, provider, billing_account_id, sub_account_id, billing_currency,
    sum(busy_cost) AS busy_cost, sum(idle_cost) AS idle_cost, sum(cpu_cost) AS cpu_cost, sum(managed_cost) AS managed_cost,
    sum(busy_seconds) AS busy_seconds, sum(held_seconds) AS held_seconds,
    sum(requests) AS requests, sum(requests_ok) AS requests_ok, sum(input_tokens) AS input_tokens,
    sum(cached_tokens) AS cached_tokens, sum(output_tokens) AS output_tokens,
    sum(cacheable_tokens) AS cacheable_tokens, sum(phased_requests) AS phased_requests,
    sum(prefill_seconds) AS prefill_seconds, sum(decode_seconds) AS decode_seconds
FROM measure
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
