-- Grain: team × model that the counts of an output on a day are of; NULL = of every one.
SELECT DISTINCT team, model
FROM business_output
WHERE day = $day AND output = $output AND (team IS NULL OR chosen($teams, team)) AND (model IS NULL OR chosen($models, model))
ORDER BY ALL
