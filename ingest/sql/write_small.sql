-- In the order of reading: pages ask for days, lineage for a resource.
SELECT * FROM read_parquet($staged) WHERE billing_period = $period
ORDER BY charge_period_start, resource_id, line_id
