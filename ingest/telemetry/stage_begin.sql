-- What every reader fills: series with their labels as JSON text, and samples at milliseconds since 1970.
CREATE OR REPLACE TEMP TABLE staged_series (series INTEGER, metric VARCHAR, labels VARCHAR);
CREATE OR REPLACE TEMP TABLE sample (series INTEGER, ts BIGINT, value DOUBLE);
