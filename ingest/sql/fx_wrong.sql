-- The first line of a company's own rates that cannot be used; `line` counts the header, as an editor does.
SELECT line_no + 1 AS line, reason
FROM (
    SELECT
        line_no,
        CASE
            WHEN day IS NULL THEN 'no date that can be read; write 2026-10-30'
            WHEN from_currency IS NULL OR to_currency IS NULL THEN 'a currency is missing'
            WHEN from_currency = to_currency THEN from_currency || ' to itself needs no rate'
            WHEN rate IS NULL THEN 'no rate that can be read; write 1.1172'
            WHEN rate <= 0 THEN 'a rate is above 0'
            WHEN count(DISTINCT rate) OVER (PARTITION BY day, from_currency, to_currency) > 1
                THEN 'another line states another rate of ' || from_currency || ' to ' || to_currency || ' on ' || day
        END AS reason
    FROM stage_rate
)
WHERE reason IS NOT NULL
ORDER BY line_no
LIMIT 1
