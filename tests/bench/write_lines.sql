-- One file of the bench's billing period: the demo's lines of a month, repeated with resources and amounts of their own.
COPY (
    WITH line AS (
        SELECT *, row_number() OVER () AS row_no, count(*) OVER () AS of_all
        FROM read_parquet($source, hive_partitioning = false)
    ),
    repeated AS (
        SELECT line.*, unnest(range($lines // of_all + 1)) AS copy FROM line
    )
    SELECT
        * EXCLUDE (copy, row_no, of_all) REPLACE (
            CASE WHEN line_item_resource_id <> '' THEN line_item_resource_id || '-' || copy ELSE '' END AS line_item_resource_id,
            left(identity_line_item_id, 8) || lpad(to_hex(hash(row_no, copy)), 16, '0') AS identity_line_item_id,
            round(line_item_unblended_cost * (1 + hash(row_no, copy) % 997 / 10000), 10) AS line_item_unblended_cost,
            round(line_item_usage_amount * (1 + hash(copy, row_no) % 997 / 10000), 6) AS line_item_usage_amount
        )
    FROM repeated
    WHERE row_no + copy * of_all BETWEEN $lines * $file // $files + 1 AND $lines * ($file + 1) // $files
    ORDER BY row_no + copy * of_all
) TO $target (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 100000)
