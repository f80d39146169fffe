INSERT INTO staged_series SELECT series, metric, CAST(to_json(key) AS VARCHAR) FROM dump_series
