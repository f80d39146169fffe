-- Every charge line against its parts. `timing` is what the effective view adds to reach the billed total: no part of the line.
WITH parts AS (
    SELECT
        load_id, line_id,
        sum(billed_cost) AS billed_cost, sum(contracted_cost) AS contracted_cost, sum(list_cost) AS list_cost,
        sum(CASE WHEN rung <> 'timing' THEN effective_cost END) AS effective_cost
    FROM part
    GROUP BY 1, 2
)
SELECT concat_ws(' ', 'load', coalesce(cost.load_id, parts.load_id), 'line', coalesce(cost.line_id, parts.line_id),
    'billed', cost.billed_cost, 'parts', coalesce(CAST(parts.billed_cost AS VARCHAR), 'none'),
    'effective', cost.effective_cost, 'parts', coalesce(CAST(parts.effective_cost AS VARCHAR), 'none'))
FROM cost
LEFT JOIN unusable_effective AS damaged
    ON damaged.load_id = cost.load_id
    AND damaged.provider IS NOT DISTINCT FROM cost.provider
    AND damaged.billing_account_id IS NOT DISTINCT FROM cost.billing_account_id
    AND damaged.billing_currency IS NOT DISTINCT FROM cost.billing_currency
FULL JOIN parts ON parts.load_id = cost.load_id AND parts.line_id = cost.line_id
WHERE cost.load_id IS NULL
    OR parts.load_id IS NULL
    OR coalesce(parts.billed_cost, 0) <> coalesce(cost.billed_cost, 0)
    OR coalesce(parts.contracted_cost, 0) <> coalesce(cost.contracted_cost, 0)
    OR coalesce(parts.list_cost, 0) <> coalesce(cost.list_cost, 0)
    OR (damaged.load_id IS NULL AND coalesce(parts.effective_cost, 0) <> coalesce(cost.effective_cost, 0));
