-- Grain: bin (day, week, month) × member of a dimension of the ladder, and one row without a bin per member. Members beyond the
-- $top largest are one, the others (member NULL, `members` of them); 'none' stands for NULL. Σ = the page's spend.
WITH told AS (
    SELECT
        CAST(date_trunc($bin, day) AS DATE) AS bin,
        coalesce(CASE $dimension
            WHEN 'rung' THEN rung
            WHEN 'sub_rung' THEN sub_rung
            WHEN 'component' THEN component
            WHEN 'provider' THEN provider
            WHEN 'billing_account_id' THEN billing_account_id
            WHEN 'sub_account_id' THEN sub_account_id
            WHEN 'team' THEN team
            WHEN 'model' THEN model
            WHEN 'version' THEN version
            WHEN 'model_version' THEN model || ' ' || version
            WHEN 'endpoint' THEN endpoint
            WHEN 'mode' THEN mode
            WHEN 'gpu_model' THEN gpu_model
        END, 'none') AS member,
        in_view($view, effective_cost, billed_cost, contracted_cost, list_cost) AS cost
    FROM ladder
    WHERE day >= $start AND day < $end AND billing_currency = $currency
        AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
        AND chosen($teams, team) AND chosen($models, model)
        AND (rung <> 'unexplained' OR len($teams) + len($models) = 0)
),
ranked AS (
    SELECT member, least(row_number() OVER (ORDER BY abs(sum(cost)) DESC NULLS LAST, member), $top + 1) AS place
    FROM told
    GROUP BY 1
)
SELECT
    t.bin, CASE WHEN r.place <= $top THEN t.member END AS member, r.place, count(DISTINCT t.member) AS members, sum(t.cost) AS cost
FROM told AS t
JOIN ranked AS r ON r.member = t.member
GROUP BY GROUPING SETS ((t.bin, CASE WHEN r.place <= $top THEN t.member END, r.place), (CASE WHEN r.place <= $top THEN t.member END, r.place))
ORDER BY r.place, t.bin NULLS FIRST
