-- The lines of each live cost load against what the load said it kept, less the periods that later loads replaced: exactly,
-- as long as none was. Of a replaced period only the lines of the file are known, with those that were refused or left out.
WITH kept AS (
    SELECT load_id, count(*) AS rows FROM cost GROUP BY load_id
),
gone AS (
    SELECT load_id, sum(lines) AS rows FROM replaced_total GROUP BY load_id
)
SELECT concat_ws(' ', 'load', load.load_id, 'of', load.source, 'should have', load.rows - coalesce(gone.rows, 0),
    'lines and has', coalesce(kept.rows, 0))
FROM load
LEFT JOIN kept ON kept.load_id = load.load_id
LEFT JOIN gone ON gone.load_id = load.load_id
WHERE load.grain = 'cost' AND load.status = 'loaded'
    AND coalesce(kept.rows, 0) NOT BETWEEN load.rows - coalesce(gone.rows, 0) AND load.rows;
