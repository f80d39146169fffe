-- Grain: one row: device-hours as the Utilisation page counts them; `gauge hours` are weighed by the gauge's mean.
SELECT
    CASE $measure
        WHEN 'busy hours' THEN sum(busy_seconds)
        WHEN 'billed hours' THEN sum(billed_seconds)
        WHEN 'unobserved hours' THEN sum(billed_seconds) - coalesce(sum(CASE WHEN billed_seconds IS NOT NULL THEN observed_seconds END), 0)
        WHEN 'gauge hours' THEN sum(util_avg * observed_seconds)
        WHEN 'gauged hours' THEN sum(CASE WHEN util_avg IS NOT NULL THEN observed_seconds END)
        ELSE sum(observed_seconds)
    END / 3600 AS amount,
    TRUE AS told
FROM gpu_hour
WHERE hour >= $start AND hour < $end AND is_in($currency, billing_currency)
    AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
    AND chosen($teams, team) AND chosen($models, model)
    AND chosen($gpu_model, gpu_model) AND chosen($model, model) AND chosen($state, state) AND chosen($node, coalesce(node, resource_id))
