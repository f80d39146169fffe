-- The split lines in the shape of charge lines: what their parent says, but their own resource, tags, place and part.
-- Parts telescope: each is a difference of two running shares, so that they sum to the parent's amount to the last digit.
WITH share AS (
    SELECT
        split.file_id, split.file_no, split.line_no, split.resource_id, split.resource_name, split.operation, split.tags,
        split.weight, parent.line_id AS parent_line, parent.whole,
        sum(split.weight) OVER (
            PARTITION BY parent.line_id ORDER BY split.file_no, split.line_no ROWS UNBOUNDED PRECEDING
        ) AS upto,
        -- numbered while the rows are narrow: a whole charge line is ten times as wide
        $before + row_number() OVER (ORDER BY parent.line_id, split.file_no, split.line_no) AS line_id
    FROM split_weight AS split
    JOIN split_parent AS parent
        ON parent.parent_id = split.parent_id AND parent.sub_account_id IS NOT DISTINCT FROM split.sub_account_id
        AND parent.start_at = split.start_at
)
SELECT
    line.* REPLACE (
        share.file_id AS file_id,
        share.line_no AS line_no,
        share.line_id AS line_id,
        share.resource_id AS resource_id,
        share.resource_name AS resource_name,
        share.operation AS x_operation,
        map_concat(coalesce(line.tags, MAP {}), share.tags) AS tags,
        split_between(line.pricing_quantity, share.upto, share.weight, share.whole) AS pricing_quantity,
        split_between(line.consumed_quantity, share.upto, share.weight, share.whole) AS consumed_quantity,
        split_between(line.billed_cost, share.upto, share.weight, share.whole) AS billed_cost,
        split_between(line.effective_cost, share.upto, share.weight, share.whole) AS effective_cost,
        split_between(line.contracted_cost, share.upto, share.weight, share.whole) AS contracted_cost,
        split_between(line.list_cost, share.upto, share.weight, share.whole) AS list_cost
    )
FROM share
JOIN staged AS line ON line.line_id = share.parent_line
