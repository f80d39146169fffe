-- Every rung of the ladder against its parts.
WITH parts AS (
    SELECT billing_period, rung, billing_currency, sum(effective_cost) AS effective_cost, sum(billed_cost) AS billed_cost
    FROM part
    GROUP BY 1, 2, 3
),
rungs AS (
    SELECT billing_period, rung, billing_currency, sum(effective_cost) AS effective_cost, sum(billed_cost) AS billed_cost
    FROM ladder
    WHERE rung <> 'unexplained'
    GROUP BY 1, 2, 3
)
SELECT concat_ws(' ', coalesce(rungs.billing_period, parts.billing_period), coalesce(rungs.rung, parts.rung),
    coalesce(rungs.billing_currency, parts.billing_currency),
    'ladder', coalesce(CAST(rungs.effective_cost AS VARCHAR), 'none'),
    'parts', coalesce(CAST(parts.effective_cost AS VARCHAR), 'none'))
FROM rungs
FULL JOIN parts
    ON parts.billing_period IS NOT DISTINCT FROM rungs.billing_period AND parts.rung = rungs.rung
    AND parts.billing_currency IS NOT DISTINCT FROM rungs.billing_currency
WHERE parts.rung IS NULL
    OR rungs.rung IS NULL
    OR coalesce(parts.effective_cost, 0) <> coalesce(rungs.effective_cost, 0)
    OR coalesce(parts.billed_cost, 0) <> coalesce(rungs.billed_cost, 0);
