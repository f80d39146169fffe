-- The best signal that a device reported in an hour: SM_ACTIVE, else GR_ENGINE_ACTIVE, else GPU_UTIL, which reads 100 %
-- for one tiny kernel.
SELECT device, floor(ts / 3600000) AS hour_no,
  min(CASE WHEN sm_active IS NOT NULL THEN 1 WHEN gr_active IS NOT NULL THEN 2 ELSE 3 END) AS signal_rank
FROM device_tick
WHERE coalesce(sm_active, gr_active, gpu_util) IS NOT NULL
GROUP BY 1, 2
