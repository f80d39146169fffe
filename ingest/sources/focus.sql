-- FOCUS 1.0 to 1.4, any provider: one row of `raw` is one charge line. Only renames, casts and derives.
-- GCP's native export has no category, meter, instance type or commitment: its x_ columns and descriptions say them.
WITH line AS (
    SELECT
        *,
        regexp_matches(provider_name, '^(gcp|google)', 'i') AS is_gcp,
        CASE WHEN json_valid(x_credits) AND json_type(x_credits) = 'ARRAY' THEN list_transform(
            from_json(x_credits, '[{"Name": "VARCHAR", "Id": "VARCHAR", "Type": "VARCHAR", "Amount": "VARCHAR"}]'),
            lambda c: {'name': c.Name, 'id': c.Id, 'type': c.Type, 'amount': c.Amount})
        END AS credit_list
    FROM raw
)
SELECT
    line_no,
    -- provider names as the store keeps them, so that one account has one name in every source
    CASE
        WHEN regexp_matches(provider_name, '^(aws|amazon)', 'i') THEN 'AWS'
        WHEN regexp_matches(provider_name, '^(gcp|google)', 'i') THEN 'GCP'
        WHEN regexp_matches(provider_name, '^(azure|microsoft)', 'i') THEN 'Microsoft'
        WHEN regexp_matches(provider_name, '^(oci$|oracle)', 'i') THEN 'Oracle'
        ELSE provider_name
    END AS provider,
    billing_account_id,
    billing_account_name,
    sub_account_id,
    sub_account_name,
    CAST(date_trunc('month', coalesce(billing_period_start, delivery_period)) AS DATE) AS billing_period,
    charge_period_start,
    -- ends are exclusive in FOCUS; some exports write the last second, or the same day twice
    CASE
        WHEN strftime(charge_period_end, '%M:%S') = '59:59'
            THEN date_trunc('second', charge_period_end) + INTERVAL 1 SECOND
        WHEN charge_period_end = charge_period_start AND charge_period_end = date_trunc('day', charge_period_end)
            THEN charge_period_end + INTERVAL 1 DAY
        ELSE charge_period_end
    END AS charge_period_end,
    CASE lower(charge_category)
        WHEN 'usage' THEN 'Usage' WHEN 'purchase' THEN 'Purchase' WHEN 'tax' THEN 'Tax'
        WHEN 'credit' THEN 'Credit' WHEN 'adjustment' THEN 'Adjustment' ELSE charge_category
    END AS charge_category,
    CASE WHEN lower(charge_class) = 'correction' THEN 'Correction' END AS charge_class,
    charge_frequency,
    charge_description,
    coalesce(service_category, CASE WHEN is_gcp THEN gcp_service_category(service_name, charge_description) END) AS service_category,
    service_name,
    sku_id,
    coalesce(sku_meter, CASE WHEN is_gcp THEN charge_description END) AS sku_description,
    -- Azure writes one id in several cases; in lower case one machine stays one machine
    CASE WHEN starts_with(lower(resource_id), '/subscriptions/') THEN lower(resource_id) ELSE resource_id END AS resource_id,
    resource_name,
    resource_type,
    region_id,
    nullif(regexp_replace(coalesce(
        instance_type_detail,
        tags_of_records(x_system_labels)['compute.googleapis.com/machine_spec'],
        regexp_extract(x_usage_type, '(?:Usage|Box|Ded|Res|Reservation|Cluster|Host|Train|Notebk):((?:ml\.)?[a-z][a-z0-9-]*\.[a-z0-9-]+)', 1),
        regexp_extract(charge_description, '\b([a-z][a-z0-9-]*\d[a-z0-9-]*\.(?:\d*x?large|medium|small|micro|nano|metal)) ', 1)
    ), '^ml\.', ''), '') AS instance_type,
    pricing_category,
    pricing_quantity,
    pricing_unit,
    consumed_quantity,
    consumed_unit,
    -- FOCUS has no unknown: our own export says 0 and names what nobody knows
    CASE WHEN x_unknown_costs IS NULL OR NOT contains(x_unknown_costs, 'BilledCost') THEN billed_cost END AS billed_cost,
    CASE WHEN x_unknown_costs IS NULL OR NOT contains(x_unknown_costs, 'EffectiveCost') THEN effective_cost END AS effective_cost,
    CASE WHEN x_unknown_costs IS NULL OR NOT contains(x_unknown_costs, 'ContractedCost') THEN contracted_cost END AS contracted_cost,
    CASE WHEN x_unknown_costs IS NULL OR NOT contains(x_unknown_costs, 'ListCost') THEN list_cost END AS list_cost,
    billing_currency,
    coalesce(commitment_discount_id, x_subscription_instance_id) AS commitment_discount_id,
    commitment_discount_category,
    commitment_discount_type,
    coalesce(commitment_discount_status, CASE WHEN commitment_credit_of(credit_list) <> 0 THEN 'Used' END)
        AS commitment_discount_status,
    capacity_reservation_id,
    capacity_reservation_status,
    invoice_id,
    tags_with(tags, allocated_tags, MAP {
        'SkuPriceDetails.GpuCount': gpu_count, 'AllocatedResourceId': allocated_resource_id,
        'AllocatedResourceName': allocated_resource_name, 'AllocatedMethodId': allocated_method_id
    }) AS tags,
    x_line_item_type,
    x_usage_type,
    x_operation,
    -- our own export states the parts of the credits in columns of their own
    CASE WHEN credit_list IS NOT NULL OR x_promotion IS NOT NULL THEN x_credits END AS x_credits,
    coalesce(x_promotion, CASE WHEN credit_list IS NOT NULL THEN promotion_of(credit_list) END) AS x_promotion,
    coalesce(x_commitment_credit, CASE WHEN credit_list IS NOT NULL THEN commitment_credit_of(credit_list) END) AS x_commitment_credit
FROM line
