-- A company's own rates; `reason` says why one cannot be used. Two lines that contradict each other are both out: nobody
-- knows which one is right.
CREATE OR REPLACE TEMP TABLE stage_rate AS
WITH told AS (
    SELECT
        CAST(day AS DATE) AS day,
        upper(trim(from_currency)) AS from_currency,
        upper(trim(to_currency)) AS to_currency,
        rate,
        line_no,
        coalesce(day_text, '') AS day_text,
        coalesce(rate_text, '') AS rate_text
    FROM raw
)
SELECT
    day,
    from_currency,
    to_currency,
    rate,
    line_no,
    CASE
        WHEN day IS NULL THEN 'the date ''' || day_text || ''' cannot be read; write 2026-10-30'
        WHEN from_currency IS NULL OR to_currency IS NULL THEN 'a currency is missing'
        WHEN NOT regexp_matches(from_currency, '^[A-Z]{3}$')
            THEN 'the currency ''' || from_currency || ''' has not three letters, such as USD'
        WHEN NOT regexp_matches(to_currency, '^[A-Z]{3}$')
            THEN 'the currency ''' || to_currency || ''' has not three letters, such as USD'
        WHEN from_currency = to_currency THEN from_currency || ' to itself needs no rate'
        WHEN rate IS NULL THEN 'the rate ''' || rate_text || ''' cannot be read; write 1.1172'
        WHEN rate <= 0 THEN 'the rate ' || rate_text || ' is not above 0'
        WHEN count(DISTINCT CASE WHEN rate > 0 THEN rate END) OVER (PARTITION BY day, from_currency, to_currency) > 1
            THEN 'another line states another rate of ' || from_currency || ' to ' || to_currency || ' on ' || day
    END AS reason
FROM told
