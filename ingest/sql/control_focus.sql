SELECT
    CAST(date_trunc('month', coalesce(period, delivery_period)) AS DATE) AS billing_period,
    CAST(coalesce(start, period) AS DATE) AS day,
    known_provider(provider) AS provider,
    billing_account_id,
    sub_account_id,
    billing_currency,
    exact(billed) AS billed,
    stored(billed) AS billed_stored,
    exact(contracted) AS contracted,
    stored(contracted) AS contracted_stored,
    exact(list) AS list,
    stored(list) AS list_stored
FROM control_raw
