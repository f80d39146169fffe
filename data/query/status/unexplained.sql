-- Without sign, so that days cannot cancel out. The effective ladder; where an export's effective cost is damaged, the billed one.
SELECT billing_period, billing_currency, sum(abs(coalesce(effective_cost, billed_cost))) AS amount
FROM ladder
WHERE rung = 'unexplained'
GROUP BY 1, 2
ORDER BY 1, 2;
