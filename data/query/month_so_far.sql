-- One row: what the month of the data's last day has cost so far, and what it is compared by: the days that it shares with the
-- month before, in either, or both whole; NULL = no data then.
SELECT
    sum(CASE WHEN day >= $month THEN in_view($view, effective_cost, billed_cost, contracted_cost, list_cost) END) AS so_far,
    sum(CASE WHEN day >= $month AND day < $shared_end THEN in_view($view, effective_cost, billed_cost, contracted_cost, list_cost) END)
        AS so_far_shared,
    sum(CASE WHEN day < $month THEN in_view($view, effective_cost, billed_cost, contracted_cost, list_cost) END) AS before
FROM ladder
WHERE billing_currency = $currency
    AND ((day >= $month AND day < $month_end) OR (day >= $before AND day < $before_end))
    AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
    AND chosen($teams, team) AND chosen($models, model)
    AND (rung <> 'unexplained' OR len($teams) + len($models) = 0)
