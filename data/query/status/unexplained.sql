-- The effective ladder; where an export's effective cost is damaged, the billed one.
SELECT billing_period, billing_currency, sum(coalesce(effective_cost, billed_cost)) AS amount
FROM ladder
WHERE rung = 'unexplained'
GROUP BY 1, 2
ORDER BY 1, 2;
