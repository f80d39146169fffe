-- One row per device and instant at which its hour's signal was sampled, with the instant of the next one.
WITH told AS (
  SELECT device_tick.device AS device, device_tick.ts AS ts, device_tick.node AS node,
    device_tick.first_holder AS holder, signal_hour.signal_rank AS signal_rank,
    CASE signal_hour.signal_rank WHEN 1 THEN device_tick.sm_active WHEN 2 THEN device_tick.gr_active
      WHEN 3 THEN device_tick.gpu_util WHEN 4 THEN device_tick.gfx_activity WHEN 5 THEN device_tick.neuroncore
      ELSE device_tick.duty_cycle END AS signal
  FROM device_tick
  JOIN signal_hour ON signal_hour.device = device_tick.device AND signal_hour.hour_no = floor(device_tick.ts / 3600000)
  LEFT JOIN sliced_tick ON sliced_tick.device = device_tick.device AND sliced_tick.ts = device_tick.ts
  WHERE sliced_tick.device IS NULL)
SELECT device, ts, node, holder, signal_rank, least(1, signal) AS signal,
  lead(ts) OVER (PARTITION BY device ORDER BY ts) AS next_ts
FROM told
WHERE signal IS NOT NULL
