-- The month's device hours with the numbers of device and holder.
SELECT
    d.source AS source, d.load_id AS load_id, d.file_id AS file_id, d.hour AS hour,
    coalesce(a.device_id, d.device_id) AS device_id, coalesce(a.device_id, d.parent_id) AS parent_id,
    d.mig_profile AS mig_profile, d.mig_slices AS mig_slices, d.mig_total AS mig_total,
    d.device_kind AS device_kind, d.gpu_model AS gpu_model, d.node AS node, d.namespace AS namespace, d.pod AS pod,
    d.observed_seconds AS observed_seconds, d.busy_seconds AS busy_seconds, d.idle_seconds AS idle_seconds,
    d.util_avg AS util_avg, d.util_max AS util_max, d.sm_active AS sm_active, d.dram_active AS dram_active,
    d.tensor_active AS tensor_active, d.memory_avg AS memory_avg, d.memory_max AS memory_max,
    d.energy_joules AS energy_joules, d.signal AS signal, d.step_seconds AS step_seconds, d.first_seen AS first_seen,
    d.last_seen AS last_seen, s.holder_no AS holder_no, s.device_no AS device_no
FROM month_seen AS d
LEFT JOIN device_alias AS a ON a.told_id = d.device_id
LEFT JOIN twice_named AS n ON n.source = d.source AND n.hour = d.hour AND n.told_id = d.device_id
JOIN sighting AS s
    ON s.device_id = coalesce(a.device_id, d.device_id) AND s.namespace IS NOT DISTINCT FROM d.namespace
    AND s.pod IS NOT DISTINCT FROM d.pod
WHERE n.source IS NULL
