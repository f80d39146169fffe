SELECT
    coalesce(delivery_period, CAST(date_trunc('month', start) AS DATE)) AS billing_period,
    CAST(start AS DATE) AS day,
    'Oracle' AS provider,
    billing_account_id,
    sub_account_id,
    billing_currency,
    exact(cost) AS billed,
    stored(cost) AS billed_stored,
    exact(cost) AS contracted,
    stored(cost) AS contracted_stored,
    CAST(NULL AS DECIMAL(38,24)) AS list,
    CAST(NULL AS DECIMAL(38,12)) AS list_stored
FROM control_raw
