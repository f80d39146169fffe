-- Grain: pair of billed currencies that have no exchange rate on days when one of them was charged. Nothing where the store
-- holds no rates at all: nobody asked to convert. A pair has a rate in both directions or in none.
WITH charged AS (
    SELECT DISTINCT billing_currency AS currency, day FROM invoice_total WHERE billing_currency IS NOT NULL
),
pair AS (
    SELECT DISTINCT least(one.currency, other.currency) AS one, greatest(one.currency, other.currency) AS other, one.day
    FROM charged AS one
    JOIN (SELECT DISTINCT currency FROM charged) AS other ON other.currency <> one.currency
    WHERE EXISTS (FROM fx_rate)
),
priced AS (
    SELECT one, other, day, exchange_rate(one, other, day) AS rate FROM pair
)
SELECT one, other, min(day) AS first_day, max(day) AS last_day, count(*) AS days, any_value(s.max_age_days) AS max_age_days
FROM priced
CROSS JOIN fx_setting AS s
WHERE rate IS NULL
GROUP BY one, other
ORDER BY one, other
