WITH line AS (
    SELECT *, coalesce(provider, CASE WHEN billed_ms IS NOT NULL THEN 'RunPod' END, billed_by) AS who FROM control_raw
)
SELECT
    CAST(date_trunc('month', coalesce(period, delivery_period, start, date)) AS DATE) AS billing_period,
    CAST(coalesce(start, date) AS DATE) AS day,
    who AS provider,
    coalesce(billing_account_id, who) AS billing_account_id,
    sub_account_id,
    coalesce(billing_currency, CASE WHEN billed_ms IS NOT NULL THEN 'USD' END) AS billing_currency,
    count(*) AS lines,
    sum(exact(cost)) AS billed_cost,
    sum(exact(cost)) AS contracted_cost,
    rounding(cost) AS billed_rounding,
    rounding(cost) AS contracted_rounding
FROM line
GROUP BY 1, 2, 3, 4, 5, 6
