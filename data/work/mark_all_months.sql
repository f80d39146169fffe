-- A new model, or new settings of it: every month that has facts is built again.
INSERT OR IGNORE INTO dirty_month
SELECT CAST(date_trunc('month', day) AS DATE) FROM invoice_total
UNION SELECT CAST(date_trunc('month', hour) AS DATE) FROM device_hour
UNION SELECT CAST(date_trunc('month', hour) AS DATE) FROM traffic
UNION SELECT period FROM parquet_file WHERE relation <> 'cost';
