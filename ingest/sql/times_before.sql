-- Billing periods that a load replaced and whose former delivery told when it was made.
SELECT DISTINCT told.billing_period
FROM replaced_total AS old
JOIN delivery_time AS told ON told.load_id = old.load_id AND told.billing_period = old.billing_period
WHERE old.replaced_by = $load_id
