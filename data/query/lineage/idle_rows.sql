-- Grain: finding (machine × state × holder) of figure_part: what it cost, and how many charge lines paid for it. Largest first.
SELECT
    machine, state, holder, sum(amount) AS amount, count(DISTINCT (load_id, line_id)) FILTER (load_id IS NOT NULL) AS lines,
    gpu_model, team, provider, sub_account_id
FROM figure_part
GROUP BY ALL
ORDER BY abs(sum(amount)) DESC NULLS LAST, machine, state, holder, gpu_model, team, provider, sub_account_id
