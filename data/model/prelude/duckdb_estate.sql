-- Reference tables of the model, from the working file and the shipped CSV files.
CREATE OR REPLACE TEMP TABLE accelerator AS
SELECT instance_type, max(device_kind) AS device_kind, max(device_model) AS device_model, max(device_count) AS device_count
FROM read_csv($accelerators, header = true, delim = ',', all_varchar = false)
GROUP BY instance_type;

-- GCP's machine series that have accelerators: a commitment for their cores or memory was bought for them ('g2 core').
CREATE OR REPLACE TEMP VIEW accelerator_series AS
SELECT DISTINCT split_part(instance_type, '-', 1) AS series FROM accelerator WHERE instance_type LIKE '%-%';

CREATE OR REPLACE TEMP TABLE estate_rule AS
SELECT priority, provider, service, category, usage, class, component, row_number() OVER () AS position
FROM read_csv($rules, header = true, delim = ',', quote = '"', all_varchar = true);

UPDATE estate_rule SET priority = '9' || lpad(priority, 5, '0'); -- text, after a company's own five digits

CREATE OR REPLACE TEMP TABLE ordinal AS SELECT k, '#' || k AS name FROM range(1, 65) AS r(k);

CREATE OR REPLACE TEMP VIEW deployment_pattern AS
SELECT
    namespace, pod, model, version, endpoint, mode, team, valid_from, valid_to,
    length(replace(pod, '%', '')) + CASE WHEN namespace IS NULL THEN 0 ELSE 1000 END AS exactness
FROM deployment_map
WHERE pod IS NOT NULL;

CREATE OR REPLACE TEMP VIEW served_name AS
SELECT DISTINCT ON (served_name, valid_from) served_name, model, version, endpoint, mode, team, valid_from, valid_to
FROM deployment_map
WHERE served_name IS NOT NULL
ORDER BY served_name, valid_from, model, version;

CREATE OR REPLACE TEMP VIEW cpu_service AS
SELECT DISTINCT ON (resource_id, valid_from) resource_id, model, version, endpoint, mode, team, valid_from, valid_to
FROM deployment_map
WHERE resource_id IS NOT NULL
ORDER BY resource_id, valid_from, model, version;
