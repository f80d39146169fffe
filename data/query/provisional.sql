-- One row: the first day that bills usually still change: of the days that every bill of the selection covers the last $days, and
-- all days after them. A bill that ended a week before the others has ended for good and holds no day back. NULL = no charge.
WITH charging AS (
    SELECT DISTINCT source
    FROM invoice_total
    WHERE billing_currency = $currency AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
),
bill AS (
    SELECT data_through FROM source_state WHERE grain = 'cost' AND source IN (SELECT source FROM charging)
),
-- purchases and tax may be dated ahead of all usage
used AS (
    SELECT coalesce(max(CASE WHEN is_usage(rung, component) THEN day END), max(day)) + 1 AS until
    FROM ladder
    WHERE billing_currency = $currency AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
)
SELECT
    CAST(least(
        (SELECT until FROM used),
        (SELECT min(data_through) FROM bill WHERE data_through > (SELECT until FROM used) - INTERVAL 7 DAY)
    ) AS DATE) - CAST($days AS INTEGER) AS since
