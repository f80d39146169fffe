-- Rows that go on where another of the same content ends become one: loads come day by day, pods live for weeks.
CREATE OR REPLACE TEMP TABLE joined_deployment AS
WITH ordered AS (
  SELECT *, lag(valid_to) OVER same AS before
  FROM deployment_map
  WHERE source = $source
  WINDOW same AS (PARTITION BY namespace, pod, model, version, team ORDER BY valid_from)),
numbered AS (
  SELECT *, sum(CASE WHEN before = valid_from THEN 0 ELSE 1 END) OVER same AS run
  FROM ordered
  WINDOW same AS (PARTITION BY namespace, pod, model, version, team ORDER BY valid_from))
SELECT source, max(load_id) AS load_id, namespace, pod, model, version, team,
  min(valid_from) AS valid_from, max(valid_to) AS valid_to
FROM numbered
GROUP BY source, namespace, pod, model, version, team, run;
DELETE FROM deployment_map WHERE source = $source;
INSERT INTO deployment_map BY NAME FROM joined_deployment;
CREATE OR REPLACE TEMP TABLE joined_node AS
WITH ordered AS (
  SELECT *, lag(valid_to) OVER same AS before
  FROM resource_map
  WHERE source = $source
  WINDOW same AS (PARTITION BY node, resource_id, provider_id ORDER BY valid_from)),
numbered AS (
  SELECT *, sum(CASE WHEN before = valid_from THEN 0 ELSE 1 END) OVER same AS run
  FROM ordered
  WINDOW same AS (PARTITION BY node, resource_id, provider_id ORDER BY valid_from))
SELECT source, max(load_id) AS load_id, node, resource_id, provider_id,
  min(valid_from) AS valid_from, max(valid_to) AS valid_to
FROM numbered
GROUP BY source, node, resource_id, provider_id, run;
DELETE FROM resource_map WHERE source = $source;
INSERT INTO resource_map BY NAME FROM joined_node;
DROP TABLE joined_deployment;
DROP TABLE joined_node;
