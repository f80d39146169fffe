-- Another source that already states the same provider × billing account × billing period, however either spells them:
-- spreadsheets take leading zeros away, Azure writes one id in several cases and FOCUS puts the billing profile behind it.
-- Two profiles of one account are two bills. Unknown is not the same.
WITH stated AS (
    SELECT DISTINCT lower(provider) AS provider, ltrim(lower(billing_account_id), '0') AS account, billing_period
    FROM staged
),
live AS (
    SELECT *, ltrim(lower(billing_account_id), '0') AS account FROM invoice_total WHERE source <> $source
)
SELECT DISTINCT live.source, live.provider, live.billing_account_id, strftime(live.billing_period, '%Y-%m') AS period
FROM live
JOIN stated
    ON lower(live.provider) IS NOT DISTINCT FROM stated.provider
    AND live.billing_period = stated.billing_period
    AND (
        live.account = stated.account
        OR starts_with(live.account, stated.account || '/billingprofiles/')
        OR starts_with(stated.account, live.account || '/billingprofiles/')
    )
ORDER BY 1, 2, 3, 4
