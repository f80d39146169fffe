-- Keeps, as figure_unit, the rows of unit_cost that a figure counts. Whether a model's cost and requests may be divided is judged
-- over the page's filters (counted, charged), then one model or version of them is chosen. Effective view.
CREATE OR REPLACE TEMP TABLE figure_unit AS
SELECT *
FROM unit_cost_in($start, $end, $currency, $providers, $accounts, $teams, $models, $basis)
WHERE CASE $measure
        WHEN 'counted cost' THEN counted
        WHEN 'tokened cost' THEN tokened
        WHEN 'charged requests' THEN charged
        WHEN 'charged tokens' THEN charged
        WHEN 'device requests' THEN held_seconds > 0
        WHEN 'counted busy hours' THEN counted
        ELSE TRUE
    END
    AND chosen($provider, provider) AND chosen($billing_account_id, billing_account_id) AND chosen($sub_account_id, sub_account_id)
    AND chosen($team, team) AND chosen($model, model) AND chosen($version, version) AND chosen($model_version, model || ' ' || version)
    AND chosen($served, model || ' ' || coalesce(version, 'none')) AND chosen($endpoint, endpoint)
    AND chosen($mode, mode) AND chosen($gpu_model, gpu_model)
