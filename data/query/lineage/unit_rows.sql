-- Keeps, as figure_unit, the rows of unit_cost that a figure counts. Whether a model's cost and requests may be divided is judged
-- over the page's filters (counted, charged), then one model or version of them is chosen. Effective view.
CREATE OR REPLACE TEMP TABLE figure_unit AS
WITH told AS (
    SELECT
        *, CASE WHEN has_cost(unit_cost) THEN basis_cost($basis, unit_cost) END AS basis_cost,
        input_tokens + output_tokens AS tokens,
        counted(unit_cost, requests_ok) AS counted,
        counted(unit_cost, input_tokens + output_tokens) AS tokened,
        charged(unit_cost, has_cost(unit_cost)) AS charged
    FROM unit_cost
    WHERE day >= $start AND day < $end AND (billing_currency = $currency OR billing_currency IS NULL)
        AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
        AND chosen($teams, team) AND chosen($models, model)
)
SELECT *
FROM told
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
