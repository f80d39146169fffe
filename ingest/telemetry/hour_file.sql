-- The file that an hour was read from, where only one covers it.
CREATE OR REPLACE TEMP TABLE hour_file AS
SELECT hour_no, CASE WHEN count(*) = 1 THEN min(file_id) END AS file_id
FROM (
  SELECT unnest(range(first_ms // 3600000, last_ms // 3600000 + 1)) AS hour_no, file_id
  FROM read_file
  WHERE first_ms IS NOT NULL)
GROUP BY 1
