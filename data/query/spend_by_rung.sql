-- Grain: UTC day × rung: the Overview's stack. `unexplained` follows no team or model, so it is left out under those filters.
SELECT day, rung, sum(in_view($view, effective_cost, billed_cost, contracted_cost, list_cost)) AS cost
FROM ladder
WHERE day >= $start AND day < $end AND billing_currency = $currency
    AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
    AND chosen($teams, team) AND chosen($models, model)
    AND (rung <> 'unexplained' OR len($teams) + len($models) = 0)
GROUP BY 1, 2
HAVING cost <> 0
ORDER BY 1, 2
