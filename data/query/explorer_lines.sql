-- Grain: as explorer_ladder, of a dimension that the charge lines have and the ladder has not. `unexplained` is of no line: 'none'.
WITH part_day AS (
    SELECT
        load_id, line_id, day, sum(in_view($view, effective_cost, billed_cost, contracted_cost, list_cost)) AS cost
    FROM part
    WHERE day >= $start AND day < $end AND billing_currency = $currency
        AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
        AND chosen($teams, team) AND chosen($models, model)
    GROUP BY ALL
    UNION ALL
    SELECT NULL, NULL, day, in_view($view, effective_cost, billed_cost, contracted_cost, list_cost)
    FROM ladder
    WHERE rung = 'unexplained' AND len($teams) + len($models) = 0
        AND day >= $start AND day < $end AND billing_currency = $currency
        AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
),
told AS (
    SELECT
        CAST(date_trunc($bin, p.day) AS DATE) AS bin,
        coalesce(CASE $dimension
            WHEN 'service_name' THEN c.service_name
            WHEN 'instance_type' THEN c.instance_type
            WHEN 'region_id' THEN c.region_id
            WHEN 'resource_id' THEN c.resource_id
        END, 'none') AS member,
        p.cost
    FROM part_day AS p
    LEFT JOIN cost AS c ON c.load_id = p.load_id AND c.line_id = p.line_id
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
