-- Rates that can be used: how many, of how many pairs, up to which day.
SELECT count(*), count(DISTINCT (from_currency, to_currency)), max(day) FROM stage_rate WHERE reason IS NULL
