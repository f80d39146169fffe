-- Grain: source × provider whose effective cost is unusable and that charged in the scope. invoice_total holds live loads alone.
SELECT DISTINCT i.source, i.provider
FROM invoice_total AS i
JOIN unusable_effective AS damaged
    ON damaged.load_id = i.load_id
    AND damaged.provider IS NOT DISTINCT FROM i.provider
    AND damaged.billing_account_id IS NOT DISTINCT FROM i.billing_account_id
    AND damaged.billing_currency IS NOT DISTINCT FROM i.billing_currency
WHERE i.day >= $start AND i.day < $end AND i.billing_currency = $currency
    AND chosen($providers, i.provider) AND chosen($accounts, i.sub_account_id)
ORDER BY ALL
