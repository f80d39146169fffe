SELECT $source AS source, $load_id AS load_id,
  make_timestamp(CAST(l.hour_no AS BIGINT) * 3600000000) AS hour, p.server, p.model, p.version, p.namespace, p.pod, p.endpoint,
  l.measure, l.le, CAST(round(l.requests) AS BIGINT) AS requests
FROM latency_hour AS l
JOIN process AS p ON p.process = l.process
