-- Accounts whose lines in the periods to be replaced would go, though this load knows nothing of the account.
-- 0012 and 12 are one account, since spreadsheets take leading zeros away, and so are CoreWeave's and coreweave's.
SELECT DISTINCT live.provider, live.billing_account_id
FROM invoice_total AS live
ANTI JOIN staged
    ON lower(live.provider) IS NOT DISTINCT FROM lower(staged.provider)
    AND ltrim(lower(live.billing_account_id), '0') IS NOT DISTINCT FROM ltrim(lower(staged.billing_account_id), '0')
WHERE live.source = $source AND live.load_id <> $load_id AND list_contains($periods, live.billing_period)
ORDER BY 1, 2
