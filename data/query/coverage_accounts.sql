-- Grain: provider × account: device cost of the period, what of it telemetry saw, and what either side lacks.
SELECT
    provider, sub_account_id,
    coverage(observed_cost, device_cost) AS coverage,
    sum(device_cost) - sum(observed_cost) AS unobserved_cost,
    sum(device_cost) AS device_cost,
    sum(observed_cost) AS observed_cost,
    sum(unbilled_hours) AS unbilled_hours,
    sum(unpriced_lines) AS unpriced_lines
FROM coverage_day
WHERE day >= $start AND day < $end
    AND is_in($currency, billing_currency) -- hours on no bill have no currency
    AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
GROUP BY 1, 2
ORDER BY unobserved_cost DESC, 1, 2
