-- Grain: one row: what the findings (figure_finding) with enough evidence sum to, in money or device-hours, as the Idle page does.
SELECT CASE WHEN $measure = 'idle run hours' THEN sum(hours) ELSE sum(cost) END AS amount, TRUE AS told
FROM figure_finding
WHERE coalesce(coverage, 0) >= $enough AND chosen($machine, machine) AND chosen($state, state) AND chosen($holder, holder)
