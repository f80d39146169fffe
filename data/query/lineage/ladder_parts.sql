-- Keeps, as figure_part, what a sum of the ladder is made of. Grain: charge line × ladder key; `whole` is the amount itself.
-- Whatever $measure: spend, idle cost (also as the device-hours have it), device cost or observed cost. `unexplained` is of no line; it stands with no load.
CREATE OR REPLACE TEMP TABLE figure_part AS
SELECT
    source, load_id, file_id, line_id, line_no, rung, sub_rung, component, model, version, endpoint, mode, gpu_model, team, provider,
    billing_account_id, sub_account_id,
    sum(in_view($view, effective_cost, billed_cost, contracted_cost, list_cost)) AS amount, amount AS whole
FROM part
WHERE day >= $start AND day < $end AND billing_currency = $currency
    AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
    AND chosen($teams, team) AND chosen($models, model)
    AND in_measure(CASE WHEN $measure = 'idle device cost' THEN 'idle cost' ELSE $measure END, rung, is_idle(rung, sub_rung), device_id)
    AND chosen($rung, rung) AND chosen($sub_rung, sub_rung) AND chosen($component, component) AND chosen($provider, provider)
    AND chosen($billing_account_id, billing_account_id) AND chosen($sub_account_id, sub_account_id) AND chosen($team, team)
    AND chosen($model, model) AND chosen($version, version) AND chosen($model_version, model || ' ' || version)
    AND chosen($endpoint, endpoint) AND chosen($mode, mode)
    AND chosen($gpu_model, gpu_model)
    -- what the ladder does not hold, the lines do
    AND (len($service_name) + len($instance_type) + len($region_id) + len($resource_id) = 0 OR (load_id, line_id) IN (
        SELECT (load_id, line_id) FROM cost
        WHERE chosen($service_name, service_name) AND chosen($instance_type, instance_type) AND chosen($region_id, region_id)
            AND chosen($resource_id, resource_id)
    ))
GROUP BY ALL
UNION ALL
SELECT
    NULL, NULL, NULL, NULL, NULL, rung, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, provider, billing_account_id, sub_account_id,
    sum(in_view($view, effective_cost, billed_cost, contracted_cost, list_cost)) AS amount, amount AS whole
FROM ladder
WHERE rung = 'unexplained' AND $measure = 'spend' AND len($teams) + len($models) = 0
    AND day >= $start AND day < $end AND billing_currency = $currency
    AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
    AND chosen($rung, rung) AND chosen($provider, provider)
    AND chosen($billing_account_id, billing_account_id) AND chosen($sub_account_id, sub_account_id)
    AND chosen($sub_rung, NULL) AND chosen($component, NULL) AND chosen($team, NULL) AND chosen($model, NULL) AND chosen($version, NULL) AND chosen($model_version, NULL)
    AND chosen($endpoint, NULL) AND chosen($mode, NULL) AND chosen($gpu_model, NULL) AND chosen($service_name, NULL)
    AND chosen($instance_type, NULL) AND chosen($region_id, NULL) AND chosen($resource_id, NULL)
GROUP BY ALL
HAVING amount <> 0
