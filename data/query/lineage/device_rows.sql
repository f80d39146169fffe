-- Grain: state × model × version × team × device model of figure_part. Largest first.
SELECT state, model, version, team, gpu_model, provider, sub_account_id, count(DISTINCT device_id) AS devices, sum(amount) AS amount
FROM figure_part
GROUP BY ALL
ORDER BY amount DESC NULLS LAST, state, model, version, team, gpu_model, provider, sub_account_id
