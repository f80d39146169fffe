-- Every source that ever loaded, by name.
SELECT source, kind, rows, rejected, data_through FROM source_state ORDER BY source;
