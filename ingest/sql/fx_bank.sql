-- The European Central Bank's table: a line per day, a column per currency, 'N/A' where it stated none. Units per euro.
CREATE OR REPLACE TEMP TABLE stage_rate AS
SELECT
    CAST("Date" AS DATE) AS day,
    'EUR' AS from_currency,
    to_currency,
    CAST(rate AS DECIMAL(38,12)) AS rate,
    NULL::BIGINT AS line_no,
    NULL::VARCHAR AS reason
FROM (
    UNPIVOT (FROM read_csv($path, header = true, delim = ',', all_varchar = true))
    ON COLUMNS(* EXCLUDE "Date") INTO NAME to_currency VALUE rate
)
WHERE rate <> 'N/A' AND regexp_matches(to_currency, '^[A-Z]{3}$')
