-- One row: what one unit of a currency is worth in another on a day, and the day of the rate that says so.
SELECT
    CAST(exchange_rate($given, $wanted, CAST($on_day AS DATE)) AS DOUBLE) AS factor,
    rate_day($given, $wanted, CAST($on_day AS DATE)) AS day
