SELECT
    coalesce(delivery_period, CAST(date_trunc('month', start) AS DATE)) AS billing_period,
    CAST(start AS DATE) AS day,
    'Oracle' AS provider,
    billing_account_id,
    sub_account_id,
    billing_currency,
    count(*) AS lines,
    sum(exact(cost)) AS billed_cost,
    sum(exact(cost)) AS contracted_cost,
    rounding(cost) AS billed_rounding,
    rounding(cost) AS contracted_rounding
FROM control_raw
GROUP BY 1, 2, 3, 4, 5, 6
