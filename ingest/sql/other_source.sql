-- Another source that already states the same provider × billing account × billing period. Unknown is not the same.
SELECT DISTINCT live.source, live.provider, live.billing_account_id, strftime(live.billing_period, '%Y-%m') AS period
FROM invoice_total AS live
JOIN (SELECT DISTINCT provider, billing_account_id, billing_period FROM staged) AS stated
    ON live.provider IS NOT DISTINCT FROM stated.provider
    AND live.billing_account_id = stated.billing_account_id
    AND live.billing_period = stated.billing_period
WHERE live.source <> $source
ORDER BY 1, 2, 3, 4
