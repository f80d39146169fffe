SELECT $source AS source, $load_id AS load_id, d.device_id, n.name AS node, h.namespace, h.pod,
  CAST(i.threshold AS DOUBLE) AS threshold,
  make_timestamp(CAST(i.start_at AS BIGINT) * 1000) AS start_at, make_timestamp(CAST(i.end_at AS BIGINT) * 1000) AS end_at,
  i.seconds, i.largest_gap,
  CASE i.signal_rank WHEN 1 THEN 'sm_active' WHEN 2 THEN 'gr_engine_active' WHEN 3 THEN d.gpu_util_as
    WHEN 4 THEN 'gfx_activity' WHEN 5 THEN 'neuroncore_utilization' ELSE 'duty_cycle' END AS signal,
  i.step_seconds
FROM idle_spell AS i
JOIN device AS d ON d.device = i.device
LEFT JOIN device_holder AS h ON h.holder = i.holder
LEFT JOIN device_node AS n ON n.node = i.node
