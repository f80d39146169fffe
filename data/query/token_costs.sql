-- Grain: chosen level: total, model, or model × version. What the tokens cost that somebody counted, by kind; the three sum to
-- cost. A version's cost is split by its own seconds, else by its model's, else by what the price table says of the model
-- ($weights); MODEL 5. Effective view, chosen basis.
WITH priced AS (
    SELECT unnest(CAST($weights AS STRUCT(model VARCHAR, input DOUBLE, cached DOUBLE, "output" DOUBLE)[]), recursive := TRUE)
),
by_version AS (
    SELECT
        model,
        version,
        CAST(sum(CASE WHEN tokened THEN cost END) AS DOUBLE) AS cost,
        sum(CASE WHEN charged THEN requests_ok END) AS requests_ok,
        sum(CASE WHEN charged THEN phased_requests END) AS phased_requests,
        sum(CASE WHEN charged THEN input_tokens END) AS input_tokens,
        sum(CASE WHEN charged THEN output_tokens END) AS output_tokens,
        sum(CASE WHEN charged THEN cacheable_tokens END) AS cacheable_tokens,
        sum(CASE WHEN charged THEN cached_tokens END) AS cached_tokens,
        sum(prefill_seconds) AS prefill_seconds,
        sum(decode_seconds) AS decode_seconds
    FROM unit_cost_in($start, $end, $currency, $providers, $accounts, $teams, $models, $basis)
    GROUP BY 1, 2
    HAVING cost IS NOT NULL
),
-- an hour that a server did not tell is no reason to call all of it unknown; a fifth of the tokens is
told AS (
    SELECT
        *,
        CASE WHEN cacheable_tokens >= 0.8 * input_tokens THEN cached_tokens END AS told_cached,
        prefill_seconds / nullif(prefill_seconds + decode_seconds, 0) AS own_share,
        sum(prefill_seconds) OVER (PARTITION BY model)
            / nullif(sum(prefill_seconds + decode_seconds) OVER (PARTITION BY model), 0) AS model_share
    FROM by_version
),
weighed AS (
    SELECT
        t.*,
        coalesce(own_share, model_share) AS timed_share,
        p.input * (t.input_tokens - coalesce(t.told_cached, 0)) AS input_weight,
        p.cached * coalesce(t.told_cached, 0) AS cached_weight,
        p.output * t.output_tokens AS output_weight
    FROM told AS t
    LEFT JOIN priced AS p ON p.model = lower(t.model)
),
split AS (
    SELECT
        *,
        CASE WHEN timed_share IS NOT NULL THEN 'seconds' WHEN input_weight + cached_weight + output_weight > 0 THEN 'prices' END AS split_by,
        coalesce(timed_share, input_weight / nullif(input_weight + cached_weight + output_weight, 0)) AS input_share,
        CASE WHEN told_cached IS NULL THEN NULL WHEN timed_share IS NOT NULL THEN 0
            ELSE cached_weight / nullif(input_weight + cached_weight + output_weight, 0) END AS cached_share
    FROM weighed
)
SELECT
    CASE WHEN $level IN ('model', 'version') THEN model END AS model,
    CASE WHEN $level = 'version' THEN version END AS version,
    sum(cost) AS cost,
    -- how it was split: 'mixed' where not all of it in the same way
    CASE WHEN count(DISTINCT split_by) > 1 THEN 'mixed' ELSE max(split_by) END AS split_by,
    sum(CASE WHEN split_by IS NULL THEN cost ELSE 0 END) AS unsplit_cost,
    sum(cost * input_share) AS input_cost,
    sum(cost * cached_share) AS cached_cost,
    sum(cost * (1 - input_share - coalesce(cached_share, 0))) AS output_cost,
    sum(requests_ok) AS requests_ok,
    sum(phased_requests) AS phased_requests,
    sum(input_tokens) AS input_tokens,
    sum(told_cached) AS cached_tokens,
    sum(CASE WHEN told_cached IS NOT NULL THEN cacheable_tokens END) AS cacheable_tokens,
    sum(output_tokens) AS output_tokens,
    1000000 * sum(cost * input_share)
        / nullif(sum(CASE WHEN split_by IS NOT NULL THEN input_tokens - coalesce(told_cached, 0) END), 0) AS cost_per_1m_input,
    1000000 * sum(cost * cached_share) / nullif(sum(CASE WHEN split_by IS NOT NULL THEN told_cached END), 0) AS cost_per_1m_cached,
    1000000 * sum(cost * (1 - input_share - coalesce(cached_share, 0)))
        / nullif(sum(CASE WHEN split_by IS NOT NULL THEN output_tokens END), 0) AS cost_per_1m_output,
    -- what the cached tokens would have cost at what an input token costs that was computed, less what they cost
    sum(told_cached * (cost * input_share / nullif(input_tokens - told_cached, 0)) - cost * cached_share) AS avoided_cost
FROM split
GROUP BY 1, 2
ORDER BY cost DESC, model, version
