-- Grain: one row: how many charge lines, what they sum to, and what no line holds.
SELECT
    count(DISTINCT (load_id, line_id)) FILTER (load_id IS NOT NULL) AS lines,
    sum(amount) FILTER (load_id IS NOT NULL) AS amount,
    sum(amount) FILTER (load_id IS NULL) AS unexplained
FROM figure_part
