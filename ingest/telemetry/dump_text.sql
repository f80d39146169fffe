INSERT INTO staged_series SELECT series, metric, key FROM dump_series
