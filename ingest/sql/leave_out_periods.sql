-- Billing periods that lie outside of what was asked for, as months: the first, and the one after the last.
INSERT INTO left_out_period
SELECT DISTINCT billing_period FROM staged
WHERE billing_period < coalesce(date_trunc('month', CAST($since AS TIMESTAMP)), billing_period)
    OR billing_period >= coalesce(CAST($until AS TIMESTAMP), billing_period + INTERVAL 1 DAY)
