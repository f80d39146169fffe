-- Instants at which a device was seen as MIG instances: there its own series repeat what the instances say.
SELECT device.parent AS device, device_tick.ts AS ts
FROM device_tick JOIN device ON device.device = device_tick.device
WHERE device.parent IS NOT NULL
  AND coalesce(device_tick.sm_active, device_tick.gr_active, device_tick.gpu_util) IS NOT NULL
GROUP BY 1, 2
