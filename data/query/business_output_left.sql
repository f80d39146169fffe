-- Grain: currency other than the chosen one in which the counted teams and models have cost on a counted day: it is in no ratio.
SELECT DISTINCT u.billing_currency AS currency
FROM unit_cost AS u
JOIN business_output AS b ON b.day = u.day AND (b.team IS NULL OR b.team = u.team) AND (b.model IS NULL OR b.model = u.model)
WHERE u.day >= $start AND u.day < $end AND u.billing_currency <> $currency AND has_cost(u)
    AND (b.team IS NULL OR chosen($teams, b.team)) AND (b.model IS NULL OR chosen($models, b.model))
    AND chosen($providers, u.provider) AND chosen($accounts, u.sub_account_id)
    AND chosen($teams, u.team) AND chosen($models, u.model)
ORDER BY 1
