-- The handful of functions that differ between engines. Model files use these and nothing engine-specific.
SET TimeZone = 'UTC';
CREATE OR REPLACE TEMP MACRO to_double(x) AS CAST(x AS DOUBLE);
CREATE OR REPLACE TEMP MACRO to_money(x) AS CAST(x AS DECIMAL(38,12));
CREATE OR REPLACE TEMP MACRO day_of(t) AS CAST(t AS DATE);
CREATE OR REPLACE TEMP MACRO month_of(t) AS CAST(date_trunc('month', t) AS DATE);
CREATE OR REPLACE TEMP MACRO hour_start(t) AS date_trunc('hour', CAST(t AS TIMESTAMP));
CREATE OR REPLACE TEMP MACRO seconds_between(a, b) AS date_diff('microsecond', CAST(a AS TIMESTAMP), CAST(b AS TIMESTAMP)) / 1e6;
CREATE OR REPLACE TEMP MACRO to_text(x) AS CAST(x AS VARCHAR);
