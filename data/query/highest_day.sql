-- One row: the day on which AI usage cost most, and what a median day of the period costs. Support, tax, credits, corrections and
-- fees paid ahead fall on single days without anything having happened, so they are no usage; `outside` is no AI.
WITH days AS (
    SELECT day, sum(in_view($view, effective_cost, billed_cost, contracted_cost, list_cost)) AS cost
    FROM ladder
    WHERE day >= $start AND day < $end AND billing_currency = $currency
        AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
        AND chosen($teams, team) AND chosen($models, model)
        AND is_usage(rung, component)
    GROUP BY 1
)
SELECT
    max_by(day, cost) AS day,
    CAST(max(cost) AS DOUBLE) AS cost,
    CAST(median(cost) AS DOUBLE) AS median_cost,
    count(*) AS days
FROM days
