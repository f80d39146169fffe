DELETE FROM invoice_total
WHERE source = $source AND billing_period = $period AND load_id <> $load_id;
