SELECT live.source, live.from_currency || ' to ' || live.to_currency AS pair
FROM fx_rate AS live
JOIN stage_rate AS staged USING (day, from_currency, to_currency)
WHERE live.source <> $source AND staged.reason IS NULL
ORDER BY 1, 2
LIMIT 1
