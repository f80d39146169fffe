-- The month that was built takes the place of what was kept of it.
DELETE FROM built_ladder WHERE month = $month;
DELETE FROM built_held WHERE month = $month;
DELETE FROM built_traffic WHERE month = $month;
DELETE FROM built_coverage WHERE month = $month;
DELETE FROM built_share WHERE month = $month;
DELETE FROM built_idle_segment WHERE month = $month;
DELETE FROM built_device WHERE month = $month;
DELETE FROM built_device_day WHERE month = $month;
DELETE FROM built_unheld_hour WHERE month = $month;
DELETE FROM built_device_excess WHERE month = $month;
INSERT INTO built_ladder BY NAME SELECT CAST($month AS DATE) AS month, * FROM ladder_month;
INSERT INTO built_held BY NAME SELECT CAST($month AS DATE) AS month, * FROM held_month;
INSERT INTO built_traffic BY NAME SELECT CAST($month AS DATE) AS month, * FROM month_traffic;
INSERT INTO built_coverage BY NAME SELECT CAST($month AS DATE) AS month, * FROM coverage_month;
INSERT INTO built_share BY NAME
SELECT DISTINCT CAST($month AS DATE) AS month, c.commitment_id, c.billing_period, c.billing_currency, s.share
FROM commitment_month AS c
JOIN commitment_share AS s
    ON s.commitment_id = c.commitment_id AND s.billing_period = c.billing_period AND s.billing_currency IS NOT DISTINCT FROM c.billing_currency
WHERE c.unused_cost <> 0 OR c.unknown_cost <> 0;
INSERT INTO built_idle_segment BY NAME SELECT CAST($month AS DATE) AS month, * FROM idle_segment;
INSERT INTO built_device_day BY NAME SELECT CAST($month AS DATE) AS month, * FROM device_day;
INSERT INTO built_unheld_hour BY NAME SELECT CAST($month AS DATE) AS month, * FROM unheld_hour;
INSERT INTO built_device_excess BY NAME SELECT CAST($month AS DATE) AS month, * FROM device_excess;
INSERT INTO built_device BY NAME
SELECT CAST($month AS DATE) AS month, device_id, max(resource_id) AS resource_id, max(node) AS node, max(gpu_model) AS gpu_model
FROM gpu_hour
GROUP BY device_id;
