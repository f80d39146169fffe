-- Grain: one row: the device-hours of figure_unit, as the pages divide them.
SELECT sum(CASE WHEN $measure = 'held hours' THEN held_seconds ELSE busy_seconds END) / 3600 AS amount, TRUE AS told FROM figure_unit
