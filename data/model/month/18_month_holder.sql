-- What each numbered holder of the month runs, by the deployments that name its pod.
SELECT
    s.holder_no AS holder_no, h.model AS model, h.version AS version, h.endpoint AS endpoint, h.mode AS mode, h.team AS team,
    h.valid_from AS valid_from, h.valid_to AS valid_to
FROM sighting AS s
JOIN holder AS h ON h.pod = s.pod AND coalesce(h.namespace, '') = coalesce(s.namespace, '')
