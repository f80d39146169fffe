-- One row per device and sampling instant: the maximum over its series, before anything is summed, because time slicing
-- repeats every device series once per sharing pod. Blank sentinels lie above the ceiling of their role.
SELECT gauge.device AS device, sample.ts AS ts,
  min(gauge.holder) AS first_holder, max(gauge.holder) AS last_holder, max(gauge.node) AS node,
  max(CASE WHEN gauge.role = 'sm_active' THEN sample.value END) AS sm_active,
  max(CASE WHEN gauge.role = 'gr_active' THEN sample.value END) AS gr_active,
  max(CASE WHEN gauge.role = 'gpu_util' THEN sample.value / 100 END) AS gpu_util,
  max(CASE WHEN gauge.role = 'dram_active' THEN sample.value END) AS dram_active,
  max(CASE WHEN gauge.role = 'tensor' THEN sample.value END) AS tensor_active,
  max(CASE WHEN gauge.role = 'memory' THEN sample.value END) AS memory,
  max(CASE WHEN gauge.role = 'power' THEN sample.value END) AS power,
  max(CASE WHEN gauge.role = 'energy' THEN sample.value END) AS energy
FROM sample JOIN gauge ON gauge.series = sample.series
WHERE sample.value >= 0 AND sample.value < gauge.ceiling
GROUP BY 1, 2
