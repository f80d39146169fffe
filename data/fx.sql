-- Money of one currency in another, by the rates of fx_rate; kept in every snapshot as macros. Apart from metrics.sql, since
-- DuckDB wants the table when a macro that reads it is made.

-- The latest rate on or before the day that the source states for this pair; one that is older than fx_setting allows is none.
CREATE OR REPLACE MACRO told_rate(given, wanted, on_day) AS (
    SELECT max_by(f.rate, f.day) FROM fx_rate AS f, fx_setting AS s
    WHERE f.from_currency = given AND f.to_currency = wanted AND f.day <= on_day
        AND f.day >= CAST(on_day AS DATE) - s.max_age_days
);
CREATE OR REPLACE MACRO told_day(given, wanted, on_day) AS (
    SELECT max(f.day) FROM fx_rate AS f, fx_setting AS s
    WHERE f.from_currency = given AND f.to_currency = wanted AND f.day <= on_day
        AND f.day >= CAST(on_day AS DATE) - s.max_age_days
);

-- What one unit is worth: as stated, else by the inverse, else through the euro. NULL = no such rate on that day.
CREATE OR REPLACE MACRO exchange_rate(given, wanted, on_day) AS
    CASE WHEN given = wanted THEN 1.0 ELSE coalesce(
        CAST(told_rate(given, wanted, on_day) AS DOUBLE),
        1 / CAST(told_rate(wanted, given, on_day) AS DOUBLE),
        CAST(told_rate('EUR', wanted, on_day) AS DOUBLE) / CAST(told_rate('EUR', given, on_day) AS DOUBLE)
    ) END;

-- convert(amount, currency, target, day): an amount in its own currency stays what it is, to the last digit.
CREATE OR REPLACE MACRO convert(amount, currency, target, on_day) AS
    CASE WHEN currency = target THEN CAST(amount AS DECIMAL(38,12))
        ELSE CAST(CAST(amount AS DOUBLE) * exchange_rate(currency, target, on_day) AS DECIMAL(38,12)) END;

-- The day of the oldest rate that convert() used: a rate may be older than a page wants to show without a word.
CREATE OR REPLACE MACRO rate_day(currency, target, on_day) AS
    CASE WHEN currency <> target AND exchange_rate(currency, target, on_day) IS NOT NULL THEN coalesce(
        told_day(currency, target, on_day),
        told_day(target, currency, on_day),
        least(told_day('EUR', target, on_day), told_day('EUR', currency, on_day))
    ) END;
