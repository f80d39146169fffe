SELECT $source AS source, $load_id AS load_id, f.file_id,
  make_timestamp(CAST(o.hour_no AS BIGINT) * 3600000000) AS hour,
  d.device_id, d.parent_id, d.mig_profile, d.device_kind, d.gpu_model, n.name AS node, h.namespace, h.pod,
  o.observed_seconds, o.busy_seconds, o.idle_seconds, o.util_avg, o.util_max, o.sm_active, o.dram_active, o.tensor_active,
  o.memory_avg, o.memory_max, o.energy_joules,
  CASE o.signal_rank WHEN 1 THEN 'sm_active' WHEN 2 THEN 'gr_engine_active' WHEN 3 THEN d.gpu_util_as
    WHEN 4 THEN 'gfx_activity' WHEN 5 THEN 'neuroncore_utilization' ELSE 'duty_cycle' END AS signal,
  o.step_seconds, CAST(o.samples AS BIGINT) AS samples,
  make_timestamp(CAST(o.first_seen AS BIGINT) * 1000) AS first_seen,
  make_timestamp(CAST(o.last_seen AS BIGINT) * 1000) AS last_seen,
  d.device_index, d.pci_bus_id, d.uuid_mask
FROM observed_hour AS o
JOIN device AS d ON d.device = o.device
LEFT JOIN device_holder AS h ON h.holder = o.holder
LEFT JOIN device_node AS n ON n.node = o.node
LEFT JOIN hour_file AS f ON f.hour_no = o.hour_no
