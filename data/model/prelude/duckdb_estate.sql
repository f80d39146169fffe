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

-- Which node is which machine. place: a person is believed before the name that is on the bill, Kubernetes after the id.
CREATE OR REPLACE TEMP VIEW told_machine AS
SELECT
    r.node, r.resource_id, r.provider_id, r.instance_type, r.device_model, r.device_count,
    CASE WHEN l.kind = 'resources' THEN 1 ELSE 3 END AS place,
    coalesce(r.valid_from, TIMESTAMP '1900-01-01') AS valid_from, coalesce(r.valid_to, TIMESTAMP '2200-01-01') AS valid_to
FROM resource_map AS r
JOIN load AS l ON l.load_id = r.load_id;

CREATE OR REPLACE TEMP VIEW always AS
SELECT TIMESTAMP '1900-01-01' AS valid_from, TIMESTAMP '2200-01-01' AS valid_to;

CREATE OR REPLACE TEMP VIEW told_deployment AS
SELECT
    d.namespace, d.pod, d.model, d.version, d.endpoint, d.mode, d.team, l.kind = 'resources' AS by_person,
    coalesce(d.valid_from, TIMESTAMP '1900-01-01') AS valid_from, coalesce(d.valid_to, TIMESTAMP '2200-01-01') AS valid_to
FROM deployment_map AS d
JOIN load AS l ON l.load_id = d.load_id
WHERE d.pod IS NOT NULL;

-- A person's patterns; the longer one and the one with a namespace is more exact.
CREATE OR REPLACE TEMP VIEW deployment_pattern AS
SELECT
    * EXCLUDE (by_person), 1 + length(replace(pod, '%', '')) + CASE WHEN namespace IS NULL THEN 0 ELSE 1000 END AS exactness
FROM told_deployment
WHERE by_person;

-- What labels say of single pods: less than anything that a person says.
CREATE OR REPLACE TEMP VIEW deployment_label AS
SELECT * EXCLUDE (by_person), 0 AS exactness FROM told_deployment WHERE NOT by_person;

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
