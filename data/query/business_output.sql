-- Grain: output × UTC day, and each output over its days (day NULL). Chosen basis, effective view. Only days with a count, and
-- with cost of what was counted: a day without either is unknown, not 0. Cost is that of the teams and models that at least one
-- of the output's counts of that day is of, once.
WITH counted AS (
    SELECT day, output, team, model, sum(outputs) AS outputs
    FROM business_output
    WHERE day >= $start AND day < $end AND (team IS NULL OR chosen($teams, team)) AND (model IS NULL OR chosen($models, model))
    GROUP BY 1, 2, 3, 4
),
spent AS (
    SELECT day, team, model, sum(basis_cost($basis, unit_cost)) AS cost
    FROM unit_cost
    WHERE day >= $start AND day < $end AND billing_currency = $currency AND has_cost(unit_cost)
        AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
        AND chosen($teams, team) AND chosen($models, model)
    GROUP BY 1, 2, 3
),
of_day AS (
    SELECT day, output, sum(outputs) AS outputs FROM counted GROUP BY 1, 2
),
cost_of_day AS (
    SELECT o.day, o.output, sum(s.cost) AS cost
    FROM of_day AS o
    JOIN spent AS s ON s.day = o.day
    WHERE EXISTS (
        SELECT 1 FROM counted AS c
        WHERE c.day = o.day AND c.output = o.output AND (c.team IS NULL OR c.team = s.team) AND (c.model IS NULL OR c.model = s.model)
    )
    GROUP BY 1, 2
)
SELECT
    output,
    day,
    CAST(sum(outputs) AS DOUBLE) AS outputs,
    CAST(sum(cost) AS DOUBLE) AS cost,
    cost_per_output(cost, outputs) AS cost_per_output,
    count(*) AS days
FROM of_day
JOIN cost_of_day USING (day, output)
GROUP BY GROUPING SETS ((output, day), (output))
ORDER BY output, day NULLS FIRST
