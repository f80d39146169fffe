-- Grain: ladder key of figure_part, over days, accounts' lines counted: what the number is made of, exactly. Largest first. `whole`
-- is what the lines put on that key altogether; where it differs, the number holds a share of it.
SELECT
    rung, sum(amount) AS amount, sum(whole) AS whole, count(DISTINCT (load_id, line_id)) FILTER (load_id IS NOT NULL) AS lines,
    sub_rung, component, model, version, endpoint, mode, gpu_model, team, provider, billing_account_id, sub_account_id
FROM figure_part
GROUP BY ALL
ORDER BY abs(sum(amount)) DESC NULLS LAST, rung, sub_rung, component, model, version, endpoint, mode, gpu_model, team, provider,
    billing_account_id, sub_account_id
