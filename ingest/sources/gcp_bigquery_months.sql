-- What the table states of each invoice month, and where its rows lie: from few columns, so that it costs little.
SELECT
    {month} AS month,
    COUNT(*) AS lines,
    SUM({billed}) AS billed,
    MAX({exported}) AS exported,
    MIN({used}) AS used_from,
    MAX({used}) AS used_until,
    MIN({partition}) AS loaded_from,
    MAX({partition}) AS loaded_until
FROM `{table}`
WHERE ({month} IN UNNEST(@months) OR {month} IS NULL) AND {loaded}
GROUP BY 1
ORDER BY 1
