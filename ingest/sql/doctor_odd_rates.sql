-- A company's own rates (own_rate) that are more than twice or less than half of the bank's (stage_rate, units per euro) of
-- that day, or of the last one before it on which it stated any.
WITH euro AS (
    SELECT day, to_currency AS currency, CAST(rate AS DOUBLE) AS units FROM stage_rate
    UNION ALL
    SELECT DISTINCT day, 'EUR', 1.0 FROM stage_rate
),
compared AS (
    SELECT own.line_no, own.day, own.from_currency, own.to_currency, own.rate, target.units / given.units AS banks
    FROM own_rate AS own
    ASOF JOIN euro AS given ON own.from_currency = given.currency AND own.day >= given.day
    ASOF JOIN euro AS target ON own.to_currency = target.currency AND own.day >= target.day
    WHERE own.reason IS NULL
)
FROM compared
WHERE greatest(CAST(rate AS DOUBLE) / banks, banks / CAST(rate AS DOUBLE)) > 2
ORDER BY line_no
