SELECT * FROM read_parquet($staged) WHERE billing_period = $period
