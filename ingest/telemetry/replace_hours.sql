DELETE FROM device_hour WHERE source = $source AND hour >= $start AND hour < $end;
DELETE FROM traffic WHERE source = $source AND hour >= $start AND hour < $end;
DELETE FROM traffic_latency WHERE source = $source AND hour >= $start AND hour < $end;
