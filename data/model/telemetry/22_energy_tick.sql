-- Joules since the device's previous sample. The counter is the device's, not the series': a new pod makes a new series,
-- not a new counter. A smaller value means that it began again at 0, if the device can have used so much since (3 kW is more
-- than any draws); a fall that is small instead is a sample told late or by another clock, and is taken back; else the
-- counter is another one, whose growth nobody knows.
WITH paired AS (
  SELECT device, ts, first_holder AS holder, energy, lag(energy) OVER (PARTITION BY device ORDER BY ts) AS before,
    3 * (ts - lag(ts) OVER (PARTITION BY device ORDER BY ts)) AS at_most
  FROM device_tick
  WHERE energy IS NOT NULL),
grown AS (
  SELECT device, ts, holder,
    CASE WHEN energy >= before THEN energy - before WHEN energy <= at_most THEN energy
      WHEN before - energy <= at_most THEN energy - before END AS joules
  FROM paired
  WHERE before IS NOT NULL)
SELECT device, ts, holder, joules
FROM grown
WHERE joules IS NOT NULL
