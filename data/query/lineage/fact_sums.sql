-- Grain: one row: how many rows of telemetry or traffic, and what they sum to.
SELECT count(*) AS lines, sum(amount) AS amount, NULL AS unexplained FROM figure_part
