-- How many rows of telemetry and traffic each source has in each UTC month. Run inside the snapshot being built.
CREATE OR REPLACE TABLE source_period AS
SELECT source, CAST(date_trunc('month', hour) AS DATE) AS period, count(*) AS rows
FROM (
    SELECT source, hour FROM work.main.device_hour
    UNION ALL SELECT source, hour FROM work.main.traffic
)
GROUP BY 1, 2
ORDER BY 1, 2;
