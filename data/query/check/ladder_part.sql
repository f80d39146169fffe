-- Every rung of the ladder against its parts.
WITH amounts AS (
    SELECT true AS in_ladder, billing_period, rung, billing_currency, effective_cost, billed_cost
    FROM ladder
    WHERE rung <> 'unexplained'
    UNION ALL
    SELECT false, billing_period, rung, billing_currency, effective_cost, billed_cost
    FROM part
),
rungs AS (
    SELECT
        billing_period, rung, billing_currency,
        bool_and(in_ladder) OR NOT bool_or(in_ladder) AS alone,
        sum(effective_cost) FILTER (WHERE in_ladder) AS ladder_effective,
        sum(effective_cost) FILTER (WHERE NOT in_ladder) AS parts_effective,
        sum(billed_cost) FILTER (WHERE in_ladder) AS ladder_billed,
        sum(billed_cost) FILTER (WHERE NOT in_ladder) AS parts_billed
    FROM amounts
    GROUP BY 1, 2, 3
)
SELECT concat_ws(' ', billing_period, rung, billing_currency,
    'ladder', coalesce(CAST(ladder_effective AS VARCHAR), 'none'),
    'parts', coalesce(CAST(parts_effective AS VARCHAR), 'none'))
FROM rungs
WHERE alone
    OR coalesce(parts_effective, 0) <> coalesce(ladder_effective, 0)
    OR coalesce(parts_billed, 0) <> coalesce(ladder_billed, 0);
