-- Grain: one row: device-hours as the Utilisation cards count them.
SELECT
    CASE $measure
        WHEN 'busy hours' THEN sum(busy_seconds)
        WHEN 'billed hours' THEN sum(billed_seconds)
        ELSE sum(observed_seconds)
    END / 3600 AS amount,
    TRUE AS told
FROM gpu_hour
WHERE hour >= $start AND hour < $end AND is_in($currency, billing_currency)
    AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
    AND chosen($teams, team) AND chosen($models, model)
