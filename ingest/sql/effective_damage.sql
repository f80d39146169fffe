-- Usage outside any commitment costs what was billed for it: by FOCUS only purchases that cover future charges have an
-- effective cost of 0. An export that says 0 on such lines has lost the column. Shares by provider, the worst first.
SELECT
    provider,
    count(*) AS lines,
    count_if(effective_cost = 0) AS zeros,
    sum(CASE WHEN effective_cost = 0 THEN billed_cost END) AS billed
FROM staged
WHERE charge_category = 'Usage' AND commitment_discount_id IS NULL AND billed_cost > 0
    AND effective_cost IS NOT NULL
    AND x_dataset IS DISTINCT FROM 'ActualCost' -- its effective cost stands on the lines of the amortised dataset
GROUP BY provider
HAVING count_if(effective_cost = 0) > count(*) * 0.1
ORDER BY zeros DESC
