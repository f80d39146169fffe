-- The models whose GPU hours were measured in the period, dearest first: those an ROI can be asked of.
SELECT model, sum(coalesce(busy_cost, 0) + coalesce(idle_cost, 0)) AS cost
FROM unit_cost
WHERE day >= $start AND day < $end AND is_in($currency, billing_currency) AND model IS NOT NULL
    AND chosen($providers, provider) AND chosen($accounts, sub_account_id) AND chosen($teams, team)
    AND chosen($models, model)
GROUP BY 1
HAVING sum(busy_seconds) > 0 AND sum(requests_ok) > 0
ORDER BY cost DESC, model
