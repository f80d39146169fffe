INSERT INTO fx_rate BY NAME
SELECT DISTINCT $source AS source, $load_id AS load_id, $file_id AS file_id, day, from_currency, to_currency, rate
FROM stage_rate
WHERE reason IS NULL
