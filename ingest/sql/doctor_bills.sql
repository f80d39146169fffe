-- Which source states the bill of which account and month.
SELECT DISTINCT source, coalesce(provider, ''), coalesce(billing_account_id, ''), strftime(billing_period, '%Y-%m')
FROM invoice_total
