-- Every rung but `unexplained`, over all months.
SELECT
    billing_period, day, rung, sub_rung, component, model, version, endpoint, mode, gpu_model, team, provider,
    billing_account_id, sub_account_id, billing_currency,
    sum(effective_cost) AS effective_cost, sum(billed_cost) AS billed_cost,
    sum(contracted_cost) AS contracted_cost, sum(list_cost) AS list_cost
FROM built_ladder
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
