-- Grain: source whose effective cost is unusable and that charged in the scope. invoice_total holds live loads alone.
SELECT DISTINCT i.source
FROM invoice_total i
JOIN load l ON l.load_id = i.load_id
WHERE NOT l.effective_usable AND i.day >= $start AND i.day < $end AND i.billing_currency = $currency
    AND chosen($providers, i.provider) AND chosen($accounts, i.sub_account_id)
ORDER BY 1
