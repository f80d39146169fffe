SELECT line.* REPLACE (
    CASE WHEN completed.line_id IS NULL THEN line.effective_cost ELSE completed.effective_cost END AS effective_cost,
    CASE WHEN completed.line_id IS NULL THEN line.commitment_discount_status
        ELSE completed.commitment_discount_status END AS commitment_discount_status
)
FROM read_parquet($staged) AS line
LEFT JOIN completed ON line.line_id = completed.line_id
