SELECT line.* REPLACE (
    CASE WHEN completed.line_id IS NULL OR line.x_dataset = 'ActualCost' THEN line.billed_cost END AS billed_cost,
    CASE WHEN completed.line_id IS NULL OR line.x_dataset = 'AmortizedCost' THEN line.effective_cost ELSE 0 END AS effective_cost,
    -- the amortised line tells the quantity of usage, which alone has a consumed unit
    CASE WHEN completed.line_id IS NULL OR line.x_dataset = 'AmortizedCost' OR line.consumed_unit IS NULL
        THEN line.pricing_quantity END AS pricing_quantity,
    CASE WHEN completed.line_id IS NULL OR line.x_dataset = 'AmortizedCost' THEN line.consumed_quantity END AS consumed_quantity,
    CASE WHEN completed.line_id IS NULL OR line.x_dataset = 'AmortizedCost' THEN line.consumed_unit END AS consumed_unit
)
FROM read_parquet($staged) AS line
LEFT JOIN completed ON line.line_id = completed.line_id
