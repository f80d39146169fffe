SELECT DISTINCT billing_period FROM invoice_total WHERE source = $source ORDER BY 1
