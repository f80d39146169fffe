-- Grain: one row: the cost of accelerators, or what of it telemetry observed, as the share on the pages divides them.
SELECT sum(CASE WHEN $measure = 'observed cost' THEN observed_cost ELSE device_cost END) AS amount, TRUE AS told
FROM coverage_day
WHERE day >= $start AND day < $end AND billing_currency = $currency
    AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
    AND chosen($teams, team) AND chosen($models, model)
