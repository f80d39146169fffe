-- Source views: where the engine's own ways of reading tags, units and names live. `charge` is every live line (build.py);
-- `load` says which exports have an unusable effective cost. The model files see only these views.
CREATE OR REPLACE TEMP MACRO first_tag(tags, keys) AS
    list_extract(list_filter(list_transform(keys, lambda k: tags[k]), lambda v: v IS NOT NULL AND v <> ''), 1);

-- The model of a managed call: by the ARN of a Bedrock model or of a profile that only spreads it over regions (both are one
-- model), else by the usage type, which an application's own profile or an export without ids leaves; else what was called.
CREATE OR REPLACE TEMP MACRO managed_model_of(resource_id, usage, service) AS coalesce(
    nullif(regexp_replace(
        regexp_extract(resource_id, '[:/](?:foundation-model|inference-profile)/([^/]+)$', 1),
        '^(?:us-gov|us|eu|apac|ap|jp|au|ca|sa|me|global)\.', ''), ''),
    CASE WHEN service LIKE '%Bedrock%' THEN coalesce(
        nullif(regexp_extract(usage, '^(?:[A-Z]{2,5}[0-9]-)?(.+?)-(?:input|output|cache|batch|on-demand)\b', 1), ''),
        nullif(regexp_extract(service, '^(.+) \(Amazon Bedrock Edition\)$', 1), '')
    ) END,
    regexp_extract(resource_id, '([^/]+)$', 1),
    ''
);

CREATE OR REPLACE TEMP VIEW charge_line AS
SELECT
    c.source, c.load_id, c.file_id, c.line_id, c.line_no,
    c.provider, c.billing_account_id, c.sub_account_id, c.billing_period, c.billing_currency,
    c.charge_period_start AS start_at,
    coalesce(c.charge_period_end, c.charge_period_start) AS end_at,
    hour_start(c.charge_period_start) AS start_hour,
    day_of(c.charge_period_start) AS charge_day,
    coalesce(c.charge_period_end, c.charge_period_start) <= hour_start(c.charge_period_start) + INTERVAL 1 HOUR AS within_hour,
    coalesce(c.charge_category, 'Usage') AS charge_category,
    c.charge_class,
    coalesce(c.commitment_discount_status, '') AS commitment_status,
    c.commitment_discount_id AS commitment_id,
    coalesce(c.capacity_reservation_status, '') AS reservation_status,
    coalesce(c.x_line_item_type, '') AS line_type,
    coalesce(c.service_name, '') AS service_name,
    coalesce(c.service_category, '') AS service_category,
    coalesce(c.x_usage_type, c.sku_description, '') AS usage,
    c.resource_id, c.resource_name, c.region_id, c.instance_type,
    CASE
        WHEN c.provider = 'GCP' AND coalesce(c.sku_description, '') NOT LIKE '%GPU%' THEN NULL
        WHEN lower(c.consumed_unit) IN ('hrs', 'hours', 'hour', 'h', 'instance-hours') THEN to_double(c.consumed_quantity) * 3600
        WHEN lower(c.consumed_unit) IN ('seconds', 'second', 's') THEN to_double(c.consumed_quantity)
    END AS quantity_seconds,
    c.provider = 'GCP' AS quantity_is_per_device,
    CASE WHEN l.effective_usable THEN c.effective_cost END AS effective_cost,
    l.effective_usable,
    c.billed_cost, c.contracted_cost, c.list_cost,
    coalesce(c.x_promotion, 0) AS promotion,
    coalesce(c.x_commitment_credit, 0) AS commitment_credit,
    coalesce(c.team, first_tag(c.tags, getvariable('team_tags'))) AS team,
    first_tag(c.tags, getvariable('model_tags')) AS tag_model,
    first_tag(c.tags, getvariable('version_tags')) AS tag_version,
    managed_model_of(c.resource_id, coalesce(c.x_usage_type, c.sku_description), c.service_name) AS managed_model
FROM charge AS c
JOIN load AS l ON l.load_id = c.load_id;
