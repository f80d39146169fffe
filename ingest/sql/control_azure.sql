-- The invoice is the actual dataset; the amortised one spreads the same money over the use of its commitments.
WITH line AS (
    SELECT *, CASE WHEN dataset = 'ActualCost' THEN cost WHEN NOT alone THEN '0' END AS billed FROM control_raw
)
SELECT
    CAST(date_trunc('month', coalesce(period, delivery_period, start)) AS DATE) AS billing_period,
    CAST(start AS DATE) AS day,
    'Microsoft' AS provider,
    billing_account_id,
    sub_account_id,
    billing_currency,
    count(*) AS lines,
    sum(exact(billed)) AS billed_cost,
    rounding(billed) AS billed_rounding
FROM line
GROUP BY 1, 2, 3, 4, 5, 6
