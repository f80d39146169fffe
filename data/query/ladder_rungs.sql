-- Grain: rung: every dollar of the period exactly once, in the chosen view; the others beside it. Σ cost = the invoice.
SELECT
    rung,
    sum(in_view($view, effective_cost, billed_cost, contracted_cost, list_cost)) AS cost,
    sum(effective_cost) AS effective_cost, sum(billed_cost) AS billed_cost,
    sum(contracted_cost) AS contracted_cost, sum(list_cost) AS list_cost
FROM ladder
WHERE day >= $start AND day < $end AND billing_currency = $currency
    AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
    AND chosen($teams, team) AND chosen($models, model)
    AND (rung <> 'unexplained' OR len($teams) + len($models) = 0)
GROUP BY 1
ORDER BY 1
