-- One row per pod that ever held a device or served a request, and time: what the most exact pattern that holds then says
-- it runs, else its labels. Times of a pod do not overlap, so that each of its hours meets one row at most. Labels that two
-- sources tell differently say nothing.
WITH sighted AS (
    SELECT namespace, pod, count(*) AS sightings FROM device_hour WHERE pod IS NOT NULL GROUP BY 1, 2
    UNION
    SELECT namespace, pod, 0 AS sightings FROM traffic WHERE pod IS NOT NULL GROUP BY 1, 2
),
one AS (SELECT namespace, pod, max(sightings) AS sightings FROM sighted GROUP BY 1, 2),
fit AS (
    SELECT
        p.namespace AS namespace, p.pod AS pod, d.pod AS pattern, d.model AS model, d.version AS version,
        d.endpoint AS endpoint, d.mode AS mode, d.team AS team, d.exactness AS exactness,
        d.valid_from AS valid_from, d.valid_to AS valid_to
    FROM one AS p
    JOIN deployment_pattern AS d
        ON p.pod LIKE d.pod
        -- a person may leave out the cluster that a source writes before the namespace
        AND (coalesce(d.namespace, p.namespace, '') = coalesce(p.namespace, '') OR p.namespace LIKE '%/' || d.namespace)
    UNION ALL
    SELECT
        p.namespace AS namespace, p.pod AS pod, d.pod AS pattern, d.model AS model, d.version AS version,
        d.endpoint AS endpoint, d.mode AS mode, d.team AS team, d.exactness AS exactness,
        d.valid_from AS valid_from, d.valid_to AS valid_to
    FROM one AS p
    JOIN deployment_label AS d ON d.pod = p.pod AND coalesce(d.namespace, '') = coalesce(p.namespace, '')
),
edge AS (
    SELECT namespace, pod, valid_from AS instant FROM fit
    UNION
    SELECT namespace, pod, valid_to AS instant FROM fit
),
segment AS (
    SELECT
        namespace, pod, instant AS valid_from,
        lead(instant) OVER (PARTITION BY namespace, pod ORDER BY instant) AS valid_to
    FROM edge
),
ranked AS (
    SELECT
        s.namespace AS namespace, s.pod AS pod, f.model AS model, f.version AS version, f.endpoint AS endpoint,
        f.mode AS mode, f.team AS team, f.exactness AS exactness, s.valid_from AS valid_from, s.valid_to AS valid_to,
        row_number() OVER (
            PARTITION BY s.namespace, s.pod, s.valid_from ORDER BY f.exactness DESC, f.pattern, f.model, f.version
        ) AS place,
        min(f.model || '/' || coalesce(f.version, '')) OVER (
            PARTITION BY s.namespace, s.pod, s.valid_from, f.exactness
        ) AS least_told,
        max(f.model || '/' || coalesce(f.version, '')) OVER (
            PARTITION BY s.namespace, s.pod, s.valid_from, f.exactness
        ) AS most_told
    FROM segment AS s
    JOIN fit AS f
        ON f.pod = s.pod AND coalesce(f.namespace, '') = coalesce(s.namespace, '')
        AND f.valid_from <= s.valid_from AND f.valid_to >= s.valid_to
)
SELECT namespace, pod, model, version, endpoint, mode, team, valid_from, valid_to
FROM ranked
WHERE place = 1 AND (exactness > 0 OR least_told = most_told)
