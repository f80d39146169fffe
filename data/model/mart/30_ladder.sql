SELECT
    billing_period, day, rung, sub_rung, component, model, version, endpoint, mode, gpu_model, team, provider,
    billing_account_id, sub_account_id, billing_currency, effective_cost, billed_cost, contracted_cost, list_cost
FROM ladder_rung
UNION ALL
SELECT
    billing_period, day, 'unexplained' AS rung, NULL AS sub_rung, NULL AS component, NULL AS model, NULL AS version,
    NULL AS endpoint, NULL AS mode, NULL AS gpu_model, NULL AS team, provider,
    billing_account_id, sub_account_id, billing_currency, effective_cost, billed_cost, contracted_cost, list_cost
FROM unexplained
