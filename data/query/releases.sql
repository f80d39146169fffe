-- Grain: model × version: the first UTC day on which it held a device or answered, where that lies in the period and the model was
-- there before: what was there from the data's first day on is no release.
WITH seen AS (
    SELECT model, version, min(day) AS first_day
    FROM unit_cost
    WHERE chosen($providers, provider) AND chosen($accounts, sub_account_id) AND chosen($teams, team) AND chosen($models, model)
        AND version IS NOT NULL AND (held_seconds > 0 OR requests_ok > 0)
    GROUP BY 1, 2
),
dated AS (SELECT *, min(first_day) OVER (PARTITION BY model) AS model_since FROM seen)
SELECT model, version, first_day AS day
FROM dated
WHERE first_day >= $start AND first_day < $end AND first_day > model_since
ORDER BY 1, 3, 2
