SELECT line_no, reason FROM stage_output WHERE reason IS NOT NULL ORDER BY line_no
