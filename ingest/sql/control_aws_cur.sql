WITH line AS (
    SELECT *, coalesce(net_unblended, unblended) AS billed FROM control_raw
)
SELECT
    CAST(date_trunc('month', coalesce(delivery_period, period)) AS DATE) AS billing_period,
    CAST(coalesce(start, period, delivery_period) AS DATE) AS day,
    'AWS' AS provider,
    billing_account_id,
    sub_account_id,
    billing_currency,
    count(*) AS lines,
    sum(exact(billed)) AS billed_cost,
    sum(exact(unblended)) AS contracted_cost,
    sum(exact(list)) AS list_cost,
    rounding(billed) AS billed_rounding,
    rounding(unblended) AS contracted_rounding,
    rounding(list) AS list_rounding
FROM line
GROUP BY 1, 2, 3, 4, 5, 6
