-- Takes [start, end) out of what a load wrote (ours), or out of what its source held before it.
DELETE FROM device_hour WHERE source = $source AND (load_id = $load_id) = $ours AND hour >= $start AND hour < $end;
DELETE FROM traffic WHERE source = $source AND (load_id = $load_id) = $ours AND hour >= $start AND hour < $end;
DELETE FROM traffic_latency WHERE source = $source AND (load_id = $load_id) = $ours AND hour >= $start AND hour < $end;
