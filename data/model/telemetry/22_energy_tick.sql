-- Joules since the device's previous sample. The counter is the device's, not the series': a new pod makes a new series,
-- not a new counter. A smaller value means that it began again at 0.
WITH paired AS (
  SELECT device, ts, first_holder AS holder, energy, lag(energy) OVER (PARTITION BY device ORDER BY ts) AS before
  FROM device_tick
  WHERE energy IS NOT NULL)
SELECT device, ts, holder, CASE WHEN energy >= before THEN energy - before ELSE energy END AS joules
FROM paired
WHERE before IS NOT NULL
