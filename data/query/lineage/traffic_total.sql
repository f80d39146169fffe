-- Grain: one row: the requests or tokens of figure_unit, as the pages divide by them.
SELECT CASE WHEN $measure = 'charged tokens' THEN sum(tokens) ELSE sum(requests_ok) END AS amount, TRUE AS told FROM figure_unit
