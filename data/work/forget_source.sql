-- Everything that one source holds; what was read and refused (file, reject) stays listed with its loads.
DELETE FROM parquet_file WHERE relation = 'cost' AND source = $source;
DELETE FROM invoice_total WHERE source = $source;
DELETE FROM replaced_total WHERE source = $source;
DELETE FROM delivery_time WHERE source = $source;
DELETE FROM device_hour WHERE source = $source;
DELETE FROM idle_stretch WHERE source = $source;
DELETE FROM traffic WHERE source = $source;
DELETE FROM request_edge WHERE source = $source;
DELETE FROM traffic_latency WHERE source = $source;
DELETE FROM resource_map WHERE source = $source;
DELETE FROM deployment_map WHERE source = $source;
DELETE FROM price WHERE source = $source;
DELETE FROM fx_rate WHERE source = $source;
DELETE FROM account WHERE source = $source;
DELETE FROM business_output WHERE source = $source;
UPDATE load SET status = 'replaced' WHERE source = $source AND status = 'loaded';
