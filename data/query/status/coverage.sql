-- Share of device cost that telemetry observed; unknown without devices, and over currencies that cannot be added.
SELECT
    CASE WHEN count(DISTINCT billing_currency) = 1
        THEN CAST(sum(observed_cost) AS DOUBLE) / nullif(CAST(sum(device_cost) AS DOUBLE), 0) END AS coverage
FROM coverage_day
WHERE device_cost <> 0;
