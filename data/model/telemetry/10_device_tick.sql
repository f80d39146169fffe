-- One row per device and sampling instant: the maximum over its series, before anything is summed, because time slicing
-- repeats every device series once per sharing pod. Blank sentinels lie above the ceiling of their role; the divisor makes
-- 0..1, MiB, W and J of the exporter's unit.
WITH reading AS (
  SELECT gauge.device AS device, sample.ts AS ts, gauge.holder AS holder, gauge.node AS node, gauge.role AS role,
    sample.value / nullif(gauge.divisor, 0) AS value
  FROM sample JOIN gauge ON gauge.series = sample.series
  WHERE sample.value >= 0 AND sample.value < gauge.ceiling)
SELECT device, ts, min(holder) AS first_holder, max(holder) AS last_holder, max(node) AS node,
  max(CASE WHEN role = 'sm_active' THEN value END) AS sm_active,
  max(CASE WHEN role = 'gr_active' THEN value END) AS gr_active,
  max(CASE WHEN role = 'gpu_util' THEN value END) AS gpu_util,
  max(CASE WHEN role = 'gfx_activity' THEN value END) AS gfx_activity,
  max(CASE WHEN role = 'neuroncore' THEN value END) AS neuroncore,
  max(CASE WHEN role = 'duty_cycle' THEN value END) AS duty_cycle,
  max(CASE WHEN role = 'dram_active' THEN value END) AS dram_active,
  max(CASE WHEN role = 'tensor' THEN value END) AS tensor_active,
  max(CASE WHEN role = 'memory' THEN value END) AS memory,
  max(CASE WHEN role = 'power' THEN value END) AS power,
  max(CASE WHEN role = 'energy' THEN value END) AS energy
FROM reading
GROUP BY 1, 2
