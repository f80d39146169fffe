-- What the filter bar can offer: every value that the ladder knows ('none' = lines without one), with the name the bill gives an
-- account. Currencies: the one with most of the ladder first, by rows; amounts of two of them have no order.
WITH ladder_values AS (
    SELECT provider, sub_account_id, team, model, billing_currency, count(*) AS size FROM ladder WHERE rung <> 'timing' GROUP BY ALL
),
names AS (
    SELECT sub_account_id, any_value(sub_account_name) AS name FROM cost GROUP BY 1
),
offered AS (
    SELECT 'provider' AS kind, coalesce(provider, 'none') AS value, CAST(NULL AS VARCHAR) AS label, 0 AS size
    FROM ladder_values GROUP BY 2
    UNION ALL
    SELECT 'account', coalesce(v.sub_account_id, 'none'), any_value(n.name), 0
    FROM ladder_values v LEFT JOIN names n USING (sub_account_id) GROUP BY 2
    UNION ALL
    SELECT 'team', coalesce(team, 'none'), NULL, 0 FROM ladder_values GROUP BY 2
    UNION ALL
    SELECT 'model', coalesce(model, 'none'), NULL, 0 FROM ladder_values GROUP BY 2
    UNION ALL
    SELECT 'currency', billing_currency, NULL, sum(size) FROM ladder_values WHERE billing_currency IS NOT NULL GROUP BY 2
)
SELECT kind, value, label FROM offered ORDER BY kind, size DESC, value
