-- One row per pod (or, where no pod is known, model version) × hour × team × endpoint × mode that had successful requests:
-- its share of them. An hour without requests has no row: its cost keeps the holder's team and endpoint and mode 'none'.
WITH asked AS (
    SELECT
        hour, CASE WHEN pod IS NOT NULL THEN namespace END AS namespace, pod, model, version, endpoint, mode, team,
        sum(requests_ok) AS requests_ok
    FROM month_traffic
    WHERE NOT shadowed AND model IS NOT NULL AND requests_ok > 0
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
)
SELECT
    hour, namespace, pod, model, version, endpoint, mode, team,
    to_double(requests_ok) / nullif(sum(requests_ok) OVER (PARTITION BY hour, namespace, pod, model, version), 0) AS share
FROM asked
