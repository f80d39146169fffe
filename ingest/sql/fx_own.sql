CREATE OR REPLACE TEMP TABLE stage_rate AS
SELECT CAST(day AS DATE) AS day, upper(trim(from_currency)) AS from_currency, upper(trim(to_currency)) AS to_currency, rate, line_no
FROM raw
