SELECT
    CAST(date_trunc('month', coalesce(delivery_period, period)) AS DATE) AS billing_period,
    CAST(coalesce(start, period, delivery_period) AS DATE) AS day,
    'AWS' AS provider,
    billing_account_id,
    sub_account_id,
    billing_currency,
    exact(coalesce(net_unblended, unblended)) AS billed,
    stored(coalesce(net_unblended, unblended)) AS billed_stored,
    exact(unblended) AS contracted,
    stored(unblended) AS contracted_stored,
    exact(list) AS list,
    stored(list) AS list_stored
FROM control_raw
