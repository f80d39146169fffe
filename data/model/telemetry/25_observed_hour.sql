-- One row per device, holder and UTC hour, in the units of device_hour. Where no energy counter exists, mean power over the
-- observed time stands in.
SELECT held_hour.device AS device, held_hour.holder AS holder, held_hour.hour_no AS hour_no, held_hour.node AS node,
  held_hour.signal_rank AS signal_rank, held_hour.step / 1000 AS step_seconds,
  held_hour.observed / 1000 AS observed_seconds, (held_hour.observed - held_hour.idle) / 1000 AS busy_seconds,
  held_hour.idle / 1000 AS idle_seconds,
  held_hour.signal_ms / nullif(held_hour.observed, 0) AS util_avg, held_hour.signal_max AS util_max,
  gauge_hour.sm_sum / nullif(gauge_hour.sm_samples, 0) AS sm_active,
  gauge_hour.dram_sum / nullif(gauge_hour.dram_samples, 0) AS dram_active,
  gauge_hour.tensor_sum / nullif(gauge_hour.tensor_samples, 0) AS tensor_active,
  gauge_hour.memory_sum / nullif(gauge_hour.memory_samples, 0) AS memory_avg, gauge_hour.memory_max AS memory_max,
  coalesce(energy_hour.joules, sliced_energy.joules,
    gauge_hour.power_sum / nullif(gauge_hour.power_samples, 0) * held_hour.observed / 1000) AS energy_joules,
  held_hour.samples AS samples, held_hour.first_seen AS first_seen, held_hour.last_seen AS last_seen
FROM held_hour
LEFT JOIN gauge_hour ON gauge_hour.device = held_hour.device AND gauge_hour.holder = held_hour.holder
  AND gauge_hour.hour_no = held_hour.hour_no
LEFT JOIN energy_hour ON energy_hour.device = held_hour.device AND energy_hour.holder = held_hour.holder
  AND energy_hour.hour_no = held_hour.hour_no
LEFT JOIN sliced_energy ON sliced_energy.device = held_hour.device AND sliced_energy.holder = held_hour.holder
  AND sliced_energy.hour_no = held_hour.hour_no
