-- A staged file's lines with what their split lines left of them; one that they took whole is gone.
SELECT
    line.* REPLACE (
        split_left(line.pricing_quantity, parent.total, parent.whole) AS pricing_quantity,
        split_left(line.consumed_quantity, parent.total, parent.whole) AS consumed_quantity,
        split_left(line.billed_cost, parent.total, parent.whole) AS billed_cost,
        split_left(line.effective_cost, parent.total, parent.whole) AS effective_cost,
        split_left(line.contracted_cost, parent.total, parent.whole) AS contracted_cost,
        split_left(line.list_cost, parent.total, parent.whole) AS list_cost
    )
FROM read_parquet($staged) AS line
LEFT JOIN split_parent AS parent ON parent.line_id = line.line_id
WHERE parent.line_id IS NULL OR parent.total < parent.whole
