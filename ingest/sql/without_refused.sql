SELECT * FROM read_parquet($staged) WHERE line_id NOT IN (SELECT line_id FROM refused)
