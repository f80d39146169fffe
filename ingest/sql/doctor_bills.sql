-- Which source states the bill of which account.
SELECT DISTINCT source, coalesce(provider, ''), coalesce(billing_account_id, '') FROM invoice_total
