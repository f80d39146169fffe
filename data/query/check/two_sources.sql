-- The same bill, loaded twice under two names.
SELECT concat_ws(' ', provider, billing_account_id, billing_period, 'in', string_agg(DISTINCT source, ', ' ORDER BY source))
FROM cost
GROUP BY provider, billing_account_id, billing_period
HAVING count(DISTINCT source) > 1;
