-- Invoice months that got rows after the last load: Google only ever adds rows, and export_time only rises.
SELECT DISTINCT {month} AS month
FROM `{table}`
WHERE {exported} > @watermark AND {loaded}
