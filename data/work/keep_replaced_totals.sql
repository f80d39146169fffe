-- What is about to be replaced, in one row per provider and currency.
INSERT INTO replaced_total
SELECT load_id, source, billing_period, provider, billing_currency, sum(lines), sum(billed_cost)
FROM invoice_total
WHERE source = $source AND billing_period = $period AND load_id <> $load_id
GROUP BY load_id, source, billing_period, provider, billing_currency;
