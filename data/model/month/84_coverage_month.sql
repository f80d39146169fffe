-- What telemetry saw of the month's accelerator machines, what it saw that no line bills, and lines without a price.
WITH side AS (
    SELECT
        day_of(hour) AS day, provider, billing_account_id, sub_account_id, billing_currency, team, model,
        sum(cost) AS device_cost, sum(busy_cost + idle_cost) AS observed_cost,
        sum(CASE WHEN billed_seconds IS NULL THEN observed_seconds ELSE 0.0 END) / 3600.0 AS unbilled_hours, 0 AS unpriced_lines
    FROM gpu_hour
    GROUP BY 1, 2, 3, 4, 5, 6, 7
    UNION ALL
    SELECT
        charge_day AS day, provider, billing_account_id, sub_account_id, billing_currency, NULL AS team, NULL AS model,
        NULL AS device_cost, NULL AS observed_cost, 0.0 AS unbilled_hours, count(*) AS unpriced_lines
    FROM month_line
    WHERE starts_in_month AND effective_usable AND effective_cost IS NULL
    GROUP BY 1, 2, 3, 4, 5
    UNION ALL
    SELECT
        day, provider, billing_account_id, sub_account_id, billing_currency, team, model, sum(effective_cost) AS device_cost,
        to_money(0) AS observed_cost, 0.0 AS unbilled_hours, 0 AS unpriced_lines
    FROM part
    WHERE rung = 'unobserved' AND device_id IS NULL
    GROUP BY 1, 2, 3, 4, 5, 6, 7
)
SELECT
    day, provider, billing_account_id, sub_account_id, billing_currency, team, model,
    sum(device_cost) AS device_cost, sum(observed_cost) AS observed_cost, sum(unbilled_hours) AS unbilled_hours,
    sum(unpriced_lines) AS unpriced_lines
FROM side
GROUP BY 1, 2, 3, 4, 5, 6, 7
