-- Grain: one row: the cost of idle device time, as the Utilisation page sums it from the device-hours.
SELECT sum(idle_cost) AS amount, TRUE AS told
FROM gpu_hour
WHERE hour >= $start AND hour < $end AND is_in($currency, billing_currency)
    AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
    AND chosen($teams, team) AND chosen($models, model)
    AND chosen($gpu_model, gpu_model) AND chosen($model, model) AND chosen($state, state) AND chosen($node, coalesce(node, resource_id))
