-- 0012 and 12 are one account: spreadsheets take leading zeros away. Accounts whose lines in the periods to be replaced would go, though this load knows nothing of the account.
SELECT DISTINCT live.provider, live.billing_account_id
FROM invoice_total AS live
ANTI JOIN staged
    ON live.provider IS NOT DISTINCT FROM staged.provider
    AND ltrim(live.billing_account_id, '0') IS NOT DISTINCT FROM ltrim(staged.billing_account_id, '0')
WHERE live.source = $source AND live.load_id <> $load_id AND list_contains($periods, live.billing_period)
ORDER BY 1, 2
