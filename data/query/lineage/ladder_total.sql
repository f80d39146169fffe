-- Grain: one row: the number itself, from the relation that pages ask: the ladder, whose rows carry no lines. Beside it, whether
-- the ladder can tell it: it knows no service, instance type, region or resource.
SELECT
    sum(in_view($view, effective_cost, billed_cost, contracted_cost, list_cost)) AS amount,
    len($service_name) + len($instance_type) + len($region_id) + len($resource_id) = 0 AS told
FROM ladder
WHERE day >= $start AND day < $end AND billing_currency = $currency
    AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
    AND chosen($teams, team) AND chosen($models, model)
    AND (rung <> 'unexplained' OR len($teams) + len($models) = 0)
    AND in_measure($measure, rung, is_idle(rung, sub_rung), NULL)
    AND chosen($rung, rung) AND chosen($sub_rung, sub_rung) AND chosen($component, component) AND chosen($provider, provider)
    AND chosen($billing_account_id, billing_account_id) AND chosen($sub_account_id, sub_account_id) AND chosen($team, team)
    AND chosen($model, model) AND chosen($version, version) AND chosen($model_version, model || ' ' || version)
    AND chosen($endpoint, endpoint) AND chosen($mode, mode)
    AND chosen($gpu_model, gpu_model)
