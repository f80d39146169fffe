-- Currencies of the bills in the store, and those that its exchange rates know.
SELECT DISTINCT 'billed' AS what, upper(billing_currency) AS currency FROM invoice_total WHERE billing_currency IS NOT NULL
UNION
SELECT 'rated', from_currency FROM fx_rate
UNION
SELECT 'rated', to_currency FROM fx_rate
