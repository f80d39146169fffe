-- One row per provider and currency, the worst first; the account only where another one of the provider is sound.
WITH told AS (
    SELECT *, NOT bool_and(is_unusable) OVER (PARTITION BY provider) AS is_one_of FROM effective_damage
)
SELECT
    provider,
    CASE WHEN is_one_of THEN billing_account_id END AS account,
    sum(lines) AS lines,
    sum(zeros) AS zeros,
    sum(billed) AS billed,
    billing_currency
FROM told
WHERE is_unusable
GROUP BY provider, account, billing_currency
HAVING sum(zeros) > 0
ORDER BY zeros DESC, provider, account, billing_currency
