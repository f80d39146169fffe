INSERT INTO export_time
SELECT line.billing_period, max(told.exported)
FROM read_parquet($staged) AS line
JOIN exported_raw AS told ON told.line_no = line.line_no
WHERE told.exported IS NOT NULL
GROUP BY line.billing_period
