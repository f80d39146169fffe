-- OCI cost reports: one row of `raw` is one charge line, in hours. attributedCost is a part of other lines: not a charge.
SELECT
    line_no,
    'Oracle' AS provider,
    -- as OCI's FOCUS reports have them: the subscription pays, a tenancy is a part of it
    coalesce(subscription_id, tenant_id) AS billing_account_id,
    tenant_id AS sub_account_id,
    coalesce(delivery_period, CAST(date_trunc('month', starts) AS DATE)) AS billing_period,
    starts AS charge_period_start,
    ends AS charge_period_end,
    'Usage' AS charge_category,
    CASE WHEN lower(is_correction) = 'true' THEN 'Correction' END AS charge_class,
    description AS charge_description,
    CASE
        WHEN regexp_matches(service, 'GENERATIVE|AI_SERVICE|DATA_?SCIENCE|LANGUAGE|VISION|SPEECH', 'i')
            OR regexp_matches(description, 'Generative AI|AI Services', 'i') THEN 'AI and Machine Learning'
        WHEN regexp_matches(service, 'STORAGE|BLOCK_?VOLUME|FILE_?SYSTEM', 'i') THEN 'Storage'
        WHEN regexp_matches(service, 'NETWORK|VCN|LOAD_?BALANCER|FASTCONNECT|DNS', 'i') THEN 'Networking'
        WHEN regexp_matches(service, 'COMPUTE', 'i') THEN
            -- boot and block volumes and traffic are billed under compute too
            CASE WHEN regexp_matches(description, 'Storage|Volume', 'i') THEN 'Storage'
                WHEN regexp_matches(description, 'Data Transfer|Network', 'i') THEN 'Networking' ELSE 'Compute' END
        WHEN regexp_matches(service, 'DATABASE|MYSQL|NOSQL', 'i') THEN 'Databases'
    END AS service_category,
    service AS service_name,
    sku AS sku_id,
    description AS sku_description,
    resource_id,
    region AS region_id,
    nullif(regexp_extract(description, '\b((?:BM|VM)\.GPU[0-9A-Za-z.-]*)', 1), '') AS instance_type,
    quantity AS pricing_quantity,
    unit AS pricing_unit,
    quantity AS consumed_quantity,
    unit AS consumed_unit,
    cost AS billed_cost,
    cost AS effective_cost,
    cost AS contracted_cost,
    currency AS billing_currency,
    map_concat(tags, CASE WHEN compartment_name IS NOT NULL THEN MAP {'oci:compartment': compartment_name} ELSE MAP {} END) AS tags
FROM raw
