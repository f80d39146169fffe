-- One row per pod that ever held a device or served a request, and what the most exact pattern says it runs.
WITH pod AS (
    SELECT namespace, pod, count(*) AS sightings FROM device_hour WHERE pod IS NOT NULL GROUP BY 1, 2
    UNION
    SELECT namespace, pod, 0 AS sightings FROM traffic WHERE pod IS NOT NULL GROUP BY 1, 2
),
one AS (SELECT namespace, pod, max(sightings) AS sightings FROM pod GROUP BY 1, 2),
fit AS (
    SELECT
        p.namespace AS namespace, p.pod AS pod, d.model AS model, d.version AS version, d.endpoint AS endpoint,
        d.mode AS mode, d.team AS team,
        d.valid_from AS valid_from, d.valid_to AS valid_to,
        row_number() OVER (
            PARTITION BY p.namespace, p.pod, d.valid_from ORDER BY d.exactness DESC, d.pod, d.model, d.version
        ) AS place
    FROM one AS p
    JOIN deployment_pattern AS d ON p.pod LIKE d.pod AND coalesce(d.namespace, p.namespace, '') = coalesce(p.namespace, '')
)
SELECT namespace, pod, model, version, endpoint, mode, team, valid_from, valid_to
FROM fit
WHERE place = 1
