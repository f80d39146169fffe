SELECT from_currency FROM stage_rate WHERE reason IS NULL
UNION
SELECT to_currency FROM stage_rate WHERE reason IS NULL
