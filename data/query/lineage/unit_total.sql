-- Grain: one row: the cost of figure_unit on the basis, as the pages divide it.
SELECT sum(basis_cost) AS amount, TRUE AS told FROM figure_unit
