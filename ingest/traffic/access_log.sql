-- The lines of an access log, each with what its format tells. What fits neither format keeps its text where its time should
-- stand.
WITH line AS (
  SELECT text, row_number() OVER () AS line_no
  FROM read_csv($path, auto_detect = false, header = false, columns = {'text': 'VARCHAR'}, delim = $delimiter, quote = '',
    escape = '', max_line_size = 1048576)),
told AS (
  SELECT line_no, text,
    regexp_extract(text, '^\S+ \S+ .+? \[([^\]]+)\] "((?:[^"\\]|\\.)*)" (\d{3}) (?:\d+|-)(.*)$', ['time', 'request', 'status', 'rest']) AS common,
    regexp_extract(text, '^\[(\d{4}-[^\]]+)\] "([^"]*)" (\d{1,3}) \S+ (?:\S+ )??\d+ \d+ (\d+) ', ['time', 'request', 'status', 'ms']) AS envoy
  FROM line)
SELECT line_no, text AS line,
  coalesce(nullif(common.time, ''), nullif(envoy.time, ''), text) AS timestamp,
  nullif(regexp_extract(coalesce(nullif(common.request, ''), envoy.request), '^[A-Z]+ (\S+)', 1), '') AS path,
  coalesce(nullif(common.status, ''), nullif(envoy.status, '')) AS status,
  coalesce(nullif(regexp_extract(common.rest, '\b(?:rt|request_time)[=:]"?(\d+\.?\d*)', 1), ''),
    nullif(regexp_extract(common.rest, '" (\d+\.\d+)$', 1), '')) AS request_time,
  nullif(envoy.ms, '') AS duration_ms
FROM told
WHERE trim(text) <> ''
