-- One row per serving process and UTC hour of the later sample: the growth of its counters, summed over engines.
-- What the process has no counter of is NULL; a series that says how requests ended also tells 0 of the other end.
SELECT counter.process AS process, floor(counter_delta.ts / 3600000) AS hour_no,
  sum(CASE WHEN counter.role = 'ok' THEN counter_delta.delta * counter.factor END) AS requests_ok,
  sum(CASE WHEN counter.role = 'failed' THEN counter_delta.delta * counter.factor END) AS requests_failed,
  sum(CASE WHEN counter.role = 'taken_back' THEN counter_delta.delta * counter.factor END) AS requests_taken_back,
  sum(CASE WHEN counter.role = 'finished' THEN counter_delta.delta * counter.factor END) AS requests_finished,
  sum(CASE WHEN counter.role = 'aside' THEN counter_delta.delta * counter.factor END) AS requests_aside,
  sum(CASE WHEN counter.role = 'input' THEN counter_delta.delta * counter.factor END) AS input_tokens,
  sum(CASE WHEN counter.role = 'cached' THEN counter_delta.delta * counter.factor END) AS cached_tokens,
  sum(CASE WHEN counter.role = 'output' THEN counter_delta.delta * counter.factor END) AS output_tokens,
  sum(CASE WHEN counter.role = 'prefill' THEN counter_delta.delta * counter.factor END) AS prefill_seconds,
  sum(CASE WHEN counter.role = 'decode' THEN counter_delta.delta * counter.factor END) AS decode_seconds,
  sum(CASE WHEN counter.role = 'latency' THEN counter_delta.delta * counter.factor END) AS latency_seconds,
  min(counter_delta.gap) / 1000 AS step_seconds
FROM counter_delta JOIN counter ON counter.series = counter_delta.series
WHERE counter.le IS NULL
GROUP BY 1, 2
