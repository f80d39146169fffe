-- Grain: one row: the cost of figure_unit on the basis, or of its devices, as the pages divide it.
SELECT CASE WHEN $measure = 'held cost' THEN sum(coalesce(busy_cost, 0) + coalesce(idle_cost, 0)) ELSE sum(cost) END AS amount, TRUE AS told FROM figure_unit
