-- Grain: state × model × version × team × device model of figure_part. Largest first.
SELECT state, sum(amount) AS amount, count(DISTINCT device_id) AS devices, model, version, team, gpu_model, provider, sub_account_id
FROM figure_part
GROUP BY ALL
ORDER BY amount DESC NULLS LAST, state, model, version, team, gpu_model, provider, sub_account_id
