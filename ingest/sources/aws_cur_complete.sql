-- The unused part of commitment fees whose own columns are empty: fee − Σ covered effective cost of the same commitment
-- (without an ARN: of the same payer) in the fee's period and currency, never below 0. Covered cost eats the fees in order of lines,
-- so that the parts sum to max(0, Σ fees − Σ covered) exactly.
CREATE OR REPLACE TEMP TABLE open_fee AS
SELECT
    line_id, billing_account_id, commitment_discount_id, billing_currency, x_line_item_type, charge_period_start,
    charge_period_end, billed_cost
FROM staged
WHERE x_line_item_type IN ('SavingsPlanRecurringFee', 'RIFee') AND effective_cost IS NULL AND billed_cost IS NOT NULL;

CREATE OR REPLACE TEMP TABLE completed AS
WITH covered AS (
    SELECT
        billing_account_id,
        commitment_discount_id,
        billing_currency,
        CASE x_line_item_type WHEN 'DiscountedUsage' THEN 'RIFee' ELSE 'SavingsPlanRecurringFee' END AS fee_type,
        charge_period_start,
        sum(effective_cost) AS used
    FROM staged
    WHERE x_line_item_type IN ('SavingsPlanCoveredUsage', 'DiscountedUsage') AND EXISTS (FROM open_fee)
    GROUP BY 1, 2, 3, 4, 5
),
term AS (
    SELECT DISTINCT
        billing_account_id, commitment_discount_id, billing_currency, x_line_item_type, charge_period_start,
        charge_period_end
    FROM open_fee
),
used AS (
    SELECT term.*, coalesce(sum(covered.used), 0) AS used
    FROM term
    LEFT JOIN covered
        ON term.billing_account_id IS NOT DISTINCT FROM covered.billing_account_id
        AND term.commitment_discount_id IS NOT DISTINCT FROM covered.commitment_discount_id
        AND term.billing_currency IS NOT DISTINCT FROM covered.billing_currency
        AND term.x_line_item_type = covered.fee_type
        AND covered.charge_period_start >= term.charge_period_start
        AND covered.charge_period_start < term.charge_period_end
    GROUP BY ALL
)
SELECT
    open_fee.line_id,
    CAST(greatest(0, least(open_fee.billed_cost, sum(open_fee.billed_cost) OVER earlier - used.used)) AS DECIMAL(38,12))
        AS effective_cost,
    CASE WHEN effective_cost > 0 THEN 'Unused' END AS commitment_discount_status
FROM open_fee
JOIN used
    ON open_fee.billing_account_id IS NOT DISTINCT FROM used.billing_account_id
    AND open_fee.commitment_discount_id IS NOT DISTINCT FROM used.commitment_discount_id
    AND open_fee.billing_currency IS NOT DISTINCT FROM used.billing_currency
    AND open_fee.x_line_item_type = used.x_line_item_type
    AND open_fee.charge_period_start = used.charge_period_start
    AND open_fee.charge_period_end IS NOT DISTINCT FROM used.charge_period_end
WINDOW earlier AS (
    PARTITION BY open_fee.billing_account_id, open_fee.commitment_discount_id, open_fee.billing_currency,
        open_fee.x_line_item_type, open_fee.charge_period_start, open_fee.charge_period_end
    ORDER BY open_fee.line_id
    ROWS UNBOUNDED PRECEDING
);

-- what the load should say of it
SELECT format('unused part of {:d} commitment fees derived: their own columns are empty', count(*))
FROM completed
HAVING count(*) > 0;
