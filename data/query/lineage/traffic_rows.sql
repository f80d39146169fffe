-- Grain: model × version × endpoint × mode × team × machine kind of figure_part, over the hours. Largest first.
SELECT
    model, version, sum(amount) AS amount, count(*) AS hours, endpoint, mode, team, gpu_model, provider, sub_account_id
FROM figure_part
GROUP BY ALL
ORDER BY amount DESC NULLS LAST, model, version, endpoint, mode, team, gpu_model, provider, sub_account_id
