-- In the order of reading: pages ask for days, lineage for a resource.
SELECT * FROM stage_cost WHERE billing_period = $period ORDER BY charge_period_start, resource_id, line_id
