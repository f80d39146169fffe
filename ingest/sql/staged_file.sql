SELECT min(line_id), max(line_id), min(billing_period), max(billing_period) FROM read_parquet($staged)
