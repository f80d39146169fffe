-- Every source of which a load was tried, by name; what it holds, and how its last load went.
SELECT source, kind, rows, rejected, data_through, last_status, last_message FROM source_state ORDER BY source;
