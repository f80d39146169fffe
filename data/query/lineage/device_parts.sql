-- Keeps, as figure_part, the device-hours of a figure. Grain: device × UTC day × holder × file. Billed hours that no telemetry saw
-- name no file: the bill's quantities say them.
CREATE OR REPLACE TEMP TABLE figure_part AS
SELECT
    source, load_id, file_id, CAST(hour AS DATE) AS day, coalesce(resource_id, node) AS machine, device_id, state, model, version, team,
    gpu_model, provider, sub_account_id, count(*) AS hours,
    sum(CASE $measure
        WHEN 'busy hours' THEN busy_seconds
        WHEN 'billed hours' THEN billed_seconds
        WHEN 'unobserved hours' THEN CASE WHEN billed_seconds IS NOT NULL THEN billed_seconds - coalesce(observed_seconds, 0) END
        WHEN 'gauge hours' THEN util_avg * observed_seconds
        WHEN 'gauged hours' THEN CASE WHEN util_avg IS NOT NULL THEN observed_seconds END
        ELSE observed_seconds
    END) / 3600 AS amount
FROM gpu_hour
WHERE hour >= $start AND hour < $end AND is_in($currency, billing_currency)
    AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
    AND chosen($teams, team) AND chosen($models, model)
    AND chosen($gpu_model, gpu_model) AND chosen($model, model) AND chosen($state, state) AND chosen($node, coalesce(node, resource_id))
GROUP BY ALL
HAVING $measure <> 'unobserved hours' OR amount <> 0
