-- Every source that a load was tried of, with the kind and grain of the last one.
SELECT source, max_by(kind, load_id) AS kind, max_by(grain, load_id) AS grain FROM load GROUP BY source ORDER BY source;
