-- What is about to be replaced and by whom, in one row per load, provider and currency.
INSERT INTO replaced_total BY NAME
SELECT load_id, source, billing_period, provider, billing_currency, sum(lines) AS lines, sum(billed_cost) AS billed_cost,
    $load_id AS replaced_by
FROM invoice_total
WHERE source = $source AND billing_period = $period AND load_id <> $load_id
GROUP BY load_id, source, billing_period, provider, billing_currency;
