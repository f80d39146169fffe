-- A request that is told again (exports overlap, a row is written again when it ends) counts once, as it was told last.
DELETE FROM request
WHERE rowid IN (
  SELECT row_no
  FROM (
    SELECT rowid AS row_no, row_number() OVER (PARTITION BY request_id ORDER BY file_no DESC, line_no DESC) AS place
    FROM request
    WHERE request_id IS NOT NULL AND reason IS NULL)
  WHERE place > 1)
