-- Of a savings plan, the usage that it covers states the price before it; negations and fees are cash, and no price of usage.
WITH line AS (
    SELECT
        *,
        CASE WHEN starts_with(line_type, 'SavingsPlan') AND line_type <> 'SavingsPlanCoveredUsage' AND exact(unblended) IS NOT NULL
            THEN '0' ELSE unblended END AS price,
        CASE WHEN starts_with(line_type, 'SavingsPlan') AND line_type <> 'SavingsPlanCoveredUsage' AND exact(list) IS NOT NULL
            THEN '0' ELSE list END AS list_price
    FROM control_raw
)
SELECT
    CAST(date_trunc('month', coalesce(delivery_period, period)) AS DATE) AS billing_period,
    CAST(coalesce(start, period, delivery_period) AS DATE) AS day,
    'AWS' AS provider,
    billing_account_id,
    sub_account_id,
    billing_currency,
    exact(coalesce(net_unblended, unblended)) AS billed,
    stored(coalesce(net_unblended, unblended)) AS billed_stored,
    exact(price) AS contracted,
    stored(price) AS contracted_stored,
    -- a split cost line states its parent's price once more
    CASE WHEN split_parent IS NULL OR exact(unblended) <> 0 THEN exact(list_price) END AS list,
    CASE WHEN split_parent IS NULL OR exact(unblended) <> 0 THEN stored(list_price) END AS list_stored
FROM line
