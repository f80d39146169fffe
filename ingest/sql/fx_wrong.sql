SELECT line_no, reason FROM stage_rate WHERE reason IS NOT NULL ORDER BY line_no
