-- What the filter bar can offer: every value that the ladder knows, with the name the bill gives an account.
WITH ladder_values AS (
    SELECT DISTINCT provider, sub_account_id, team, model, billing_currency FROM ladder WHERE rung <> 'timing'
),
names AS (
    SELECT sub_account_id, any_value(sub_account_name) AS name FROM cost GROUP BY 1
)
SELECT 'provider' AS kind, provider AS value, CAST(NULL AS VARCHAR) AS label FROM ladder_values WHERE provider IS NOT NULL GROUP BY 2
UNION ALL
SELECT 'account', v.sub_account_id, any_value(n.name) FROM ladder_values v LEFT JOIN names n USING (sub_account_id)
WHERE v.sub_account_id IS NOT NULL GROUP BY 2
UNION ALL
SELECT 'team', coalesce(team, 'none'), NULL FROM ladder_values GROUP BY 2
UNION ALL
SELECT 'model', coalesce(model, 'none'), NULL FROM ladder_values GROUP BY 2
UNION ALL
SELECT 'currency', billing_currency, NULL FROM ladder_values WHERE billing_currency IS NOT NULL GROUP BY 2
ORDER BY 1, 2
