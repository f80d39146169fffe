-- Joules per device, holder and UTC hour of the later sample; those of instants at which the device was cut into MIG
-- instances stand apart, because the instances have no counter.
SELECT energy_tick.device AS device, coalesce(sharer.holder, energy_tick.holder, 0) AS holder,
  floor(energy_tick.ts / 3600000) AS hour_no,
  sum(CASE WHEN sliced_tick.device IS NULL THEN energy_tick.joules / nullif(coalesce(sharer.sharers, 1), 0) END) AS joules,
  sum(CASE WHEN sliced_tick.device IS NOT NULL THEN energy_tick.joules / nullif(coalesce(sharer.sharers, 1), 0) END) AS sliced_joules
FROM energy_tick
CROSS JOIN load_window
LEFT JOIN sharer ON sharer.device = energy_tick.device AND sharer.ts = energy_tick.ts
LEFT JOIN sliced_tick ON sliced_tick.device = energy_tick.device AND sliced_tick.ts = energy_tick.ts
WHERE energy_tick.ts >= load_window.window_start AND energy_tick.ts < load_window.window_end
GROUP BY 1, 2, 3
