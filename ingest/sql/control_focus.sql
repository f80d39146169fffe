SELECT
    CAST(date_trunc('month', coalesce(period, delivery_period)) AS DATE) AS billing_period,
    CAST(coalesce(start, period) AS DATE) AS day,
    known_provider(provider) AS provider,
    billing_account_id,
    sub_account_id,
    billing_currency,
    count(*) AS lines,
    sum(exact(billed)) AS billed_cost,
    sum(exact(contracted)) AS contracted_cost,
    sum(exact(list)) AS list_cost,
    rounding(billed) AS billed_rounding,
    rounding(contracted) AS contracted_rounding,
    rounding(list) AS list_rounding
FROM control_raw
GROUP BY 1, 2, 3, 4, 5, 6
