SELECT (SELECT count(*) FROM device_hour WHERE load_id = $load_id) + (SELECT count(*) FROM traffic WHERE load_id = $load_id)
