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
    -- a split cost line states its parent's price once more
    CASE WHEN split_parent IS NULL OR exact(unblended) <> 0 THEN exact(list) END AS list,
    CASE WHEN split_parent IS NULL OR exact(unblended) <> 0 THEN stored(list) END AS list_stored
FROM control_raw
