-- Grain: model, or the rung where a line has no model: cost of the period against the days compared with, largest change first.
SELECT
    CASE WHEN model IS NULL THEN rung END AS rung,
    model,
    sum(CASE WHEN day >= $start AND day < $end THEN in_view($view, effective_cost, billed_cost, contracted_cost, list_cost) ELSE 0 END) AS cost,
    sum(CASE WHEN day >= $before AND day < $before_end THEN in_view($view, effective_cost, billed_cost, contracted_cost, list_cost) ELSE 0 END)
        AS cost_before,
    coalesce(cost, 0) - coalesce(cost_before, 0) AS change
FROM ladder
WHERE ((day >= $start AND day < $end) OR (day >= $before AND day < $before_end)) AND billing_currency = $currency
    AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
    AND chosen($teams, team) AND chosen($models, model)
    AND rung <> 'unexplained'
GROUP BY 1, 2
HAVING abs(change) >= 0.005
ORDER BY abs(change) DESC
