-- Grain: row of traffic_hour in figure_part. Largest first; $top of them after $skip.
SELECT p.amount, p.hour, p.model, p.version, p.endpoint, p.mode, p.team, p.source, p.load_id, d.started_at AS loaded_at
FROM figure_part AS p
LEFT JOIN load AS d ON d.load_id = p.load_id
ORDER BY p.amount DESC NULLS LAST, p.hour, p.model, p.version, p.endpoint, p.mode, p.team, p.source, p.load_id, p.gpu_model, p.sub_account_id
LIMIT $top OFFSET $skip
