-- Grain: model × version × how it is served (device, cpu, managed); and, without a model, what the fully loaded basis adds of other
-- rungs. Effective view, chosen basis; only cost that somebody counted requests for and requests that somebody charged for, so
-- that cost ÷ requests over all rows is cost per inference.
WITH told AS (
    FROM unit_cost_in($start, $end, $currency, $providers, $accounts, $teams, $models, $basis)
),
costs AS (
    SELECT NULL AS rung, model, version, 'device' AS kind, busy_cost + CASE WHEN $basis = 'busy' THEN 0 ELSE idle_cost END AS cost
    FROM told WHERE counted
    UNION ALL
    SELECT NULL, model, version, 'cpu', cpu_cost FROM told WHERE counted AND $basis <> 'busy'
    UNION ALL
    SELECT NULL, model, version, 'managed', managed_cost FROM told WHERE counted
    UNION ALL
    SELECT 'unallocated', NULL, NULL, NULL, unallocated_share FROM told WHERE counted AND $basis = 'fully loaded'
    UNION ALL
    SELECT 'shared', NULL, NULL, NULL,
        coalesce(shared_compute, 0) + coalesce(shared_storage, 0) + coalesce(shared_network, 0) + coalesce(shared_orchestration, 0)
            + coalesce(shared_support, 0)
    FROM told WHERE counted AND $basis = 'fully loaded'
    UNION ALL
    SELECT 'commitment_unused', NULL, NULL, NULL, commitment_share FROM told WHERE counted AND $basis = 'fully loaded'
),
one_kind AS (
    SELECT model, CASE WHEN count(DISTINCT kind) = 1 THEN max(kind) END AS kind FROM costs WHERE cost <> 0 GROUP BY 1
),
work AS (
    SELECT
        t.model, t.version, coalesce(k.kind, served_by(t)) AS kind, CASE WHEN t.charged THEN t.requests_ok END AS requests_ok,
        CASE WHEN t.charged THEN t.tokens END AS tokens, CASE WHEN t.counted THEN t.busy_seconds END AS busy_seconds,
        CASE WHEN NOT t.counted THEN NULL WHEN $basis = 'busy' THEN t.busy_seconds ELSE t.held_seconds END AS held_seconds
    FROM told AS t
    LEFT JOIN one_kind AS k ON k.model = t.model
),
both_sides AS (
    SELECT rung, model, version, kind, cost, NULL AS requests_ok, NULL AS tokens, NULL AS busy_seconds, NULL AS held_seconds
    FROM costs WHERE cost <> 0
    UNION ALL
    SELECT NULL, model, version, kind, NULL, requests_ok, tokens, busy_seconds, held_seconds FROM work
)
SELECT
    rung, model, version, kind, sum(cost) AS cost, sum(requests_ok) AS requests,
    CASE WHEN count(CASE WHEN requests_ok > 0 AND tokens IS NULL THEN 1 END) = 0 THEN sum(tokens) END AS tokens,
    sum(busy_seconds) AS busy_seconds, sum(held_seconds) AS held_seconds
FROM both_sides
GROUP BY ALL
ORDER BY model, version, kind, rung
