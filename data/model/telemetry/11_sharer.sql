-- The holders of the instants at which several pods hold one device (time slicing): the device is priced once, so each
-- of them gets an equal part of the instant's seconds.
WITH holding AS (
  SELECT gauge.device AS device, sample.ts AS ts, gauge.holder AS holder
  FROM sample
  JOIN gauge ON gauge.series = sample.series
  JOIN device_tick ON device_tick.device = gauge.device AND device_tick.ts = sample.ts
  WHERE device_tick.first_holder < device_tick.last_holder AND gauge.holder IS NOT NULL
  GROUP BY 1, 2, 3)
SELECT device, ts, holder, count(*) OVER (PARTITION BY device, ts) AS sharers
FROM holding
