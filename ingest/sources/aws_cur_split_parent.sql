-- The lines that pods may take the place of: hours of machines. Not of machines with accelerators, whose holders telemetry
-- knows better, nor of one that somebody mapped to a model as a whole; and not the volumes and transfers under the same id.
SELECT *
FROM staged
WHERE x_line_item_type IN ('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage')
    AND regexp_matches(x_usage_type, '(^|-)(Box|Spot|Dedicated|HostBox|Host)Usage(:|$)')
    AND (instance_type IS NULL OR instance_type NOT IN (
        SELECT instance_type FROM read_csv($accelerators, header = true, all_varchar = true) WHERE instance_type IS NOT NULL
    ))
    AND NOT EXISTS (FROM resource_map WHERE resource_map.resource_id = staged.resource_id AND device_count > 0)
    AND NOT EXISTS (FROM deployment_map WHERE deployment_map.resource_id = staged.resource_id)
