-- Invoice totals against the ladder, in every view that the export gives.
SELECT concat_ws(' ', billing_period, day, provider, billing_account_id, sub_account_id, billing_currency,
    'effective', effective_cost, 'billed', billed_cost, 'contracted', contracted_cost, 'list', list_cost)
FROM ladder
WHERE rung = 'unexplained'
    AND (effective_cost <> 0 OR billed_cost <> 0 OR contracted_cost <> 0 OR list_cost <> 0)
ORDER BY billing_period, day, provider, billing_account_id, sub_account_id, billing_currency;
