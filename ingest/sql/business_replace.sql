-- Months that the file states are replaced whole, with every output of this source; a load of which nothing is left was
-- replaced. The same line twice is one.
DELETE FROM business_output
WHERE source = $source
    AND date_trunc('month', day) IN (SELECT date_trunc('month', day) FROM stage_output WHERE reason IS NULL);
INSERT INTO business_output BY NAME
SELECT
    $source AS source, $load_id AS load_id, $file_id AS file_id, min(line_no) AS line_no, day, output,
    CAST(outputs AS BIGINT) AS outputs, team, model
FROM stage_output
WHERE reason IS NULL
GROUP BY day, output, outputs, team, model;
UPDATE load SET status = 'replaced'
WHERE source = $source AND status = 'loaded' AND load_id <> $load_id
    AND load_id NOT IN (SELECT load_id FROM business_output WHERE source = $source);
