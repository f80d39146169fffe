-- One row per device, holder and UTC hour: what is sampled beside the signal, as sums that can be merged.
SELECT device_tick.device AS device, coalesce(sharer.holder, device_tick.first_holder, 0) AS holder,
  floor(device_tick.ts / 3600000) AS hour_no,
  sum(device_tick.sm_active) AS sm_sum, count(device_tick.sm_active) AS sm_samples,
  sum(device_tick.dram_active) AS dram_sum, count(device_tick.dram_active) AS dram_samples,
  sum(device_tick.tensor_active) AS tensor_sum, count(device_tick.tensor_active) AS tensor_samples,
  sum(device_tick.memory) AS memory_sum, count(device_tick.memory) AS memory_samples, max(device_tick.memory) AS memory_max,
  sum(device_tick.power) AS power_sum, count(device_tick.power) AS power_samples
FROM device_tick
CROSS JOIN load_window
LEFT JOIN sharer ON sharer.device = device_tick.device AND sharer.ts = device_tick.ts
WHERE device_tick.ts >= load_window.window_start AND device_tick.ts < load_window.window_end
GROUP BY 1, 2, 3
