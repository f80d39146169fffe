-- Grain: source: what it is, what is live of it, how far it reaches, how its last load went. All of the store, no filter.
SELECT
    s.source,
    CAST(s.data_through - INTERVAL 1 MICROSECOND AS DATE) AS last_day,
    s.last_status,
    s.rows, s.rejected,
    l.finished_at AS last_load_at,
    s.kind, s.grain,
    s.last_message
FROM source_state s
LEFT JOIN load l ON l.load_id = s.last_load_id
ORDER BY CASE s.grain WHEN 'cost' THEN 1 WHEN 'telemetry' THEN 2 WHEN 'traffic' THEN 3 ELSE 4 END, s.source
