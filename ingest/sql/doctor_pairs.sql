SELECT from_currency || '/' || to_currency, max(day) FROM stage_rate WHERE reason IS NULL GROUP BY 1 ORDER BY 1
