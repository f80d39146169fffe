SELECT line.* REPLACE (
    coalesce(completed.instance_type, line.instance_type) AS instance_type,
    CASE WHEN completed.line_id IS NULL THEN line.consumed_quantity ELSE completed.consumed_quantity END AS consumed_quantity,
    CASE WHEN completed.line_id IS NULL THEN line.consumed_unit ELSE completed.consumed_unit END AS consumed_unit
)
FROM read_parquet($staged) AS line
LEFT JOIN completed ON line.line_id = completed.line_id
