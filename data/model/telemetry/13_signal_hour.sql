-- The best signal that a device reported in an hour: SM_ACTIVE, else GR_ENGINE_ACTIVE, else GPU_UTIL, which reads 100 %
-- for one tiny kernel, else what other accelerators have.
SELECT device, floor(ts / 3600000) AS hour_no,
  min(CASE WHEN sm_active IS NOT NULL THEN 1 WHEN gr_active IS NOT NULL THEN 2 WHEN gpu_util IS NOT NULL THEN 3
    WHEN gfx_activity IS NOT NULL THEN 4 WHEN neuroncore IS NOT NULL THEN 5 ELSE 6 END) AS signal_rank
FROM device_tick
WHERE coalesce(sm_active, gr_active, gpu_util, gfx_activity, neuroncore, duty_cycle) IS NOT NULL
GROUP BY 1, 2
