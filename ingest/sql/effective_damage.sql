-- Usage outside any commitment costs what was billed for it: by FOCUS only purchases that cover future charges have an
-- effective cost of 0. An export that says 0 on more than a tenth of such lines has lost the column. Judged by the bill: an
-- account is exported on its own. One without such lines has nothing to judge it by and goes with its provider.
CREATE OR REPLACE TEMP TABLE effective_damage AS
WITH bill AS (
    SELECT
        provider,
        billing_account_id,
        billing_currency,
        count_if(is_plain) AS lines,
        count_if(is_plain AND effective_cost = 0) AS zeros,
        sum(CASE WHEN is_plain AND effective_cost = 0 THEN billed_cost END) AS billed
    FROM (
        SELECT
            *,
            coalesce(
                charge_category = 'Usage' AND commitment_discount_id IS NULL AND billed_cost > 0 AND effective_cost IS NOT NULL
                -- its effective cost stands on the lines of the amortised dataset
                AND x_dataset IS DISTINCT FROM 'ActualCost', FALSE) AS is_plain
        FROM staged
    )
    GROUP BY provider, billing_account_id, billing_currency
)
SELECT *, CASE WHEN lines > 0 THEN zeros > lines * 0.1 ELSE bool_or(zeros > lines * 0.1) OVER (PARTITION BY provider) END AS is_unusable
FROM bill
