-- Source views: where the engine's own ways of reading tags, units and names live. `charge` is every live line (build.py);
-- `unusable_effective` says what of them has an unusable effective cost. The model files see only these views.
-- A tag by the first of these keys that has a value. People write one key in several cases: as told first, then in any.
-- Few of a line's tags are asked for: those alone are ranked, by the key's place, its spelling and where it stands.
CREATE OR REPLACE TEMP MACRO first_tag(tags, keys) AS list_transform([list_transform(keys, lambda k: lower(k))], lambda asked:
    list_min(list_transform(
        list_filter(map_entries(tags), lambda e: e.value <> '' AND list_contains(asked, lower(e.key))),
        lambda e, i: {
            'place': list_position(asked, lower(e.key)),
            'respelled': e.key <> keys[list_position(asked, lower(e.key))],
            'i': i,
            'value': e.value
        }
    )).value
)[1];

-- What a GCP commitment is for, by the words of a SKU before the place: 'g2 core', 'n2d ram', 'gpu l4', 'local ssd'. Fee and usage
-- name it alike but for filler words ('Commitment v1: G2 Core in …', 'G2 Instance Core running in …'); no series means N1.
CREATE OR REPLACE TEMP MACRO sku_subject(sku) AS
    regexp_replace(regexp_replace(lower(sku), '^commitment v[0-9]+: ', ''), ' (running )?in .*$', '');
CREATE OR REPLACE TEMP MACRO sku_words(subject) AS
    array_to_string(list_sort(list_filter(
        string_split_regex(subject, '[ ()]+'),
        lambda w: w NOT IN ('', 'instance', 'predefined', 'custom', 'amd', 'arm', 'intel', 'nvidia', 'tesla', 'gpu', 'core', 'cpu', 'ram')
    )), ' ');
CREATE OR REPLACE TEMP MACRO commitment_family(sku) AS CASE
    WHEN regexp_matches(sku_subject(sku), '\bgpu\b') THEN 'gpu ' || sku_words(sku_subject(sku))
    WHEN regexp_matches(sku_subject(sku), 'local ssd|ssd backed local') THEN trim(regexp_extract(sku_subject(sku), '^[a-z][0-9][a-z]? ') || 'local ssd')
    WHEN regexp_matches(sku_subject(sku), '\b(core|cpu)\b') THEN coalesce(nullif(sku_words(sku_subject(sku)), ''), 'n1') || ' core'
    WHEN regexp_matches(sku_subject(sku), '\bram\b') THEN coalesce(nullif(sku_words(sku_subject(sku)), ''), 'n1') || ' ram'
END;
-- GCP's credits of one type, summed; the array may be one bare object (ingest/sources/gcp.sql). A weight, not money.
CREATE OR REPLACE TEMP MACRO credit_of_type(credits, kind) AS coalesce(list_sum(list_transform(list_filter(
    from_json(
        CASE WHEN starts_with(ltrim(credits), '{') THEN '[' || credits || ']' ELSE credits END,
        '[{"type": "VARCHAR", "amount": "VARCHAR"}]'
    ), lambda c: c.type = kind), lambda c: to_double(c.amount))), 0.0);
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
    c.capacity_reservation_id AS reservation_id,
    coalesce(c.capacity_reservation_status, '') AS reservation_status,
    coalesce(c.x_line_item_type, '') AS line_type,
    coalesce(c.service_name, '') AS service_name,
    coalesce(c.service_category, '') AS service_category,
    coalesce(c.x_usage_type, c.sku_description, '') AS usage,
    c.resource_id, c.resource_name, c.region_id, c.instance_type,
    TRY_CAST(c.tags['SkuPriceDetails.GpuCount'] AS DOUBLE) AS gpu_count,
    CASE
        -- 'Nvidia L4 GPU …', 'A4 Nvidia B200 (1 gpu slice) …'
        WHEN c.provider = 'GCP' AND lower(coalesce(c.sku_description, '')) NOT LIKE '%gpu%' THEN NULL
        WHEN lower(c.consumed_unit) IN ('hrs', 'hours', 'hour', 'h', 'instance-hours') THEN to_double(c.consumed_quantity) * 3600
        WHEN lower(c.consumed_unit) IN ('seconds', 'second', 's') THEN to_double(c.consumed_quantity)
    END AS quantity_seconds,
    c.provider = 'GCP' AS quantity_is_per_device,
    CASE WHEN damaged.load_id IS NULL THEN c.effective_cost END AS effective_cost,
    damaged.load_id IS NULL AS effective_usable,
    c.billed_cost, c.contracted_cost, c.list_cost,
    coalesce(c.x_promotion, 0) AS promotion,
    coalesce(c.x_commitment_credit, 0) AS commitment_credit,
    coalesce(c.team, first_tag(c.tags, getvariable('team_tags'))) AS team,
    first_tag(c.tags, getvariable('model_tags')) AS tag_model,
    first_tag(c.tags, getvariable('version_tags')) AS tag_version,
    managed_model_of(c.resource_id, coalesce(c.x_usage_type, c.sku_description), c.service_name) AS managed_model
FROM charge AS c
LEFT JOIN unusable_effective AS damaged
    ON damaged.load_id = c.load_id
    AND damaged.provider IS NOT DISTINCT FROM c.provider
    AND damaged.billing_account_id IS NOT DISTINCT FROM c.billing_account_id
    AND damaged.billing_currency IS NOT DISTINCT FROM c.billing_currency;

-- GCP's commitment fees and the lines that their credits cover, with what ties the two (MODEL.md §4).
CREATE OR REPLACE TEMP VIEW gcp_commitment_line AS
SELECT
    c.load_id, c.line_id, c.charge_period_start AS start_at, coalesce(c.charge_period_end, c.charge_period_start) AS end_at,
    c.sku_description LIKE 'Commitment%' AS is_fee,
    c.sku_description LIKE 'Commitment - dollar%' AS is_dollar_fee,
    commitment_family(c.sku_description) AS family,
    -- flexible commitments of Compute Engine are drawn by its serverless neighbours too
    CASE WHEN c.service_name IN ('Kubernetes Engine', 'Cloud Run', 'Cloud Run Functions', 'App Engine') THEN 'Compute Engine'
        ELSE c.service_name END AS dollar_family,
    c.region_id,
    to_double(c.consumed_quantity) AS usage_amount,
    lower(c.consumed_unit) AS usage_unit,
    -- a spend-based fee counts what was committed in cents an hour (each costs about half a cent to one), else in dollars
    CASE WHEN c.billing_currency = 'USD' THEN to_double(c.pricing_quantity)
        / CASE WHEN abs(to_double(c.contracted_cost)) < 0.1 * abs(to_double(c.pricing_quantity)) THEN 100.0 ELSE 1.0 END
        END AS committed_dollars,
    to_double(c.contracted_cost) AS cost_before_credits,
    0 - to_double(coalesce(c.x_commitment_credit, 0)) AS commitment_credit,
    CASE WHEN c.x_commitment_credit <> 0
        THEN 0 - credit_of_type(c.x_credits, 'COMMITTED_USAGE_DISCOUNT_DOLLAR_BASE') ELSE 0.0 END AS dollar_credit,
    -- the spend-based commitments since 2025 credit the fee itself: what is left is unused, and what it served is not told
    coalesce(c.x_credits LIKE '%FEE_UTILIZATION_OFFSET%', false) AS is_offset,
    -- a FOCUS export does not: there, no credit means nothing
    l.kind = 'gcp' OR c.x_credits IS NOT NULL AS tells_credits
FROM charge AS c
JOIN load AS l ON l.load_id = c.load_id
WHERE c.x_commitment_credit <> 0 OR (c.provider = 'GCP' AND c.sku_description LIKE 'Commitment%');
