-- The parent's joules shared over its MIG instances seen in the hour, by compute slices and time, so that they sum to the
-- parent's.
WITH parent AS (
  SELECT device, hour_no, sum(sliced_joules) AS joules
  FROM energy_hour
  WHERE sliced_joules IS NOT NULL
  GROUP BY 1, 2),
weighed AS (
  SELECT held_hour.device AS device, held_hour.holder AS holder, held_hour.hour_no AS hour_no, device.parent AS parent,
    held_hour.observed * device.slices AS weight
  FROM held_hour JOIN device ON device.device = held_hour.device
  WHERE device.parent IS NOT NULL),
shared AS (
  SELECT device, holder, hour_no, parent, weight, sum(weight) OVER (PARTITION BY parent, hour_no) AS weights
  FROM weighed)
SELECT shared.device AS device, shared.holder AS holder, shared.hour_no AS hour_no,
  parent.joules * shared.weight / nullif(shared.weights, 0) AS joules
FROM shared JOIN parent ON parent.device = shared.parent AND parent.hour_no = shared.hour_no
