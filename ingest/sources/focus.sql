-- FOCUS 1.0 to 1.4, any provider: one row of `raw` is one charge line. Only renames, casts and derives.
-- GCP's native export has no category, meter, instance type or commitment: its x_ columns and descriptions say them.
WITH line AS (
    SELECT
        *,
        regexp_matches(provider_name, '^(gcp|google)', 'i') AS is_gcp,
        CASE WHEN json_valid(x_credits) AND json_type(x_credits) = 'ARRAY' THEN list_transform(
            from_json(x_credits, '[{"Name": "VARCHAR", "Id": "VARCHAR", "Type": "VARCHAR", "Amount": "VARCHAR"}]'),
            lambda c: {'name': c.Name, 'id': c.Id, 'type': c.Type, 'amount': c.Amount})
        END AS credit_list,
        -- our own export: what it leaves empty is empty, and nothing is to be read between its lines
        x_load_id IS NOT NULL AS is_ours
    FROM raw
)
SELECT
    line_no,
    -- provider names as the store keeps them, so that one account has one name in every source
    CASE
        WHEN is_ours THEN known(x_unknown, 'ProviderName', provider_name)
        WHEN regexp_matches(provider_name, '^(aws|amazon)', 'i') THEN 'AWS'
        WHEN regexp_matches(provider_name, '^(gcp|google)', 'i') THEN 'GCP'
        WHEN regexp_matches(provider_name, '^(azure|microsoft)', 'i') THEN 'Microsoft'
        WHEN regexp_matches(provider_name, '^(oci$|oracle)', 'i') THEN 'Oracle'
        ELSE provider_name
    END AS provider,
    known(x_unknown, 'BillingAccountId', billing_account_id) AS billing_account_id,
    billing_account_name,
    sub_account_id,
    known(x_unknown, 'SubAccountName', sub_account_name) AS sub_account_name,
    CAST(date_trunc('month', coalesce(billing_period_start, delivery_period)) AS DATE) AS billing_period,
    charge_period_start,
    -- ends are exclusive in FOCUS; some exports write the last second, or the same day twice
    CASE
        WHEN is_ours THEN known(x_unknown, 'ChargePeriodEnd', charge_period_end)
        WHEN strftime(charge_period_end, '%M:%S') = '59:59'
            THEN date_trunc('second', charge_period_end) + INTERVAL 1 SECOND
        WHEN charge_period_end = charge_period_start AND charge_period_end = date_trunc('day', charge_period_end)
            THEN charge_period_end + INTERVAL 1 DAY
        ELSE charge_period_end
    END AS charge_period_end,
    known(x_unknown, 'ChargeCategory', CASE lower(charge_category)
        WHEN 'usage' THEN 'Usage' WHEN 'purchase' THEN 'Purchase' WHEN 'tax' THEN 'Tax'
        WHEN 'credit' THEN 'Credit' WHEN 'adjustment' THEN 'Adjustment' ELSE charge_category
    END) AS charge_category,
    CASE WHEN lower(charge_class) = 'correction' THEN 'Correction' END AS charge_class,
    known(x_unknown, 'ChargeFrequency', charge_frequency) AS charge_frequency,
    known(x_unknown, 'ChargeDescription', charge_description) AS charge_description,
    coalesce(
        known(x_unknown, 'ServiceCategory', service_category),
        CASE WHEN is_gcp AND NOT is_ours THEN gcp_service_category(service_name, charge_description) END
    ) AS service_category,
    known(x_unknown, 'ServiceName', service_name) AS service_name,
    sku_id,
    coalesce(sku_meter, CASE WHEN is_gcp AND NOT is_ours THEN charge_description END) AS sku_description,
    -- Azure writes one id in several cases; in lower case one machine stays one machine
    CASE WHEN starts_with(lower(resource_id), '/subscriptions/') THEN lower(resource_id) ELSE resource_id END AS resource_id,
    resource_name,
    known(x_unknown, 'ResourceType', resource_type) AS resource_type,
    region_id,
    CASE WHEN is_ours THEN instance_type_detail ELSE nullif(regexp_replace(coalesce(
        instance_type_detail,
        tags_of_records(x_system_labels)['compute.googleapis.com/machine_spec'],
        regexp_extract(x_usage_type, '(?:Usage|Box|Ded|Res|Reservation|Cluster|Host|Train|Notebk):((?:ml\.)?[a-z][a-z0-9-]*\.[a-z0-9-]+)', 1),
        regexp_extract(charge_description, '\b([a-z][a-z0-9-]*\d[a-z0-9-]*\.(?:\d*x?large|medium|small|micro|nano|metal)) ', 1)
    ), '^ml\.', ''), '') END AS instance_type,
    known(x_unknown, 'PricingCategory', pricing_category) AS pricing_category,
    coalesce(known(x_unknown, 'PricingQuantity', pricing_quantity), x_pricing_quantity) AS pricing_quantity,
    coalesce(known(x_unknown, 'PricingUnit', pricing_unit), x_pricing_unit) AS pricing_unit,
    coalesce(known(x_unknown, 'ConsumedQuantity', consumed_quantity), x_consumed_quantity) AS consumed_quantity,
    coalesce(known(x_unknown, 'ConsumedUnit', consumed_unit), x_consumed_unit) AS consumed_unit,
    -- FOCUS wants usage under a savings plan billed 0: the source's own line says more
    coalesce(CASE WHEN is_ours THEN x_billed_cost END, known(x_unknown, 'BilledCost', billed_cost)) AS billed_cost,
    known(x_unknown, 'EffectiveCost', effective_cost) AS effective_cost,
    known(x_unknown, 'ContractedCost', contracted_cost) AS contracted_cost,
    known(x_unknown, 'ListCost', list_cost) AS list_cost,
    known(x_unknown, 'BillingCurrency', billing_currency) AS billing_currency,
    coalesce(commitment_discount_id, x_subscription_instance_id) AS commitment_discount_id,
    coalesce(known(x_unknown, 'CommitmentDiscountCategory', commitment_discount_category), x_commitment_discount_category)
        AS commitment_discount_category,
    coalesce(known(x_unknown, 'CommitmentDiscountType', commitment_discount_type), x_commitment_discount_type)
        AS commitment_discount_type,
    coalesce(
        known(x_unknown, 'CommitmentDiscountStatus', commitment_discount_status),
        CASE WHEN NOT is_ours AND commitment_credit_of(credit_list) <> 0 THEN 'Used' END
    ) AS commitment_discount_status,
    capacity_reservation_id,
    known(x_unknown, 'CapacityReservationStatus', capacity_reservation_status) AS capacity_reservation_status,
    invoice_id,
    with_categories(tags_with(tags, allocated_tags, MAP {
        'SkuPriceDetails.GpuCount': gpu_count, 'AllocatedResourceId': allocated_resource_id,
        'AllocatedResourceName': allocated_resource_name, 'AllocatedMethodId': allocated_method_id
    }), x_cost_categories) AS tags,
    CASE WHEN is_ours THEN x_team END AS team,
    x_line_item_type,
    x_usage_type,
    x_operation,
    -- our own export states the parts of the credits in columns of their own
    CASE WHEN credit_list IS NOT NULL OR is_ours THEN x_credits END AS x_credits,
    CASE WHEN is_ours THEN x_promotion WHEN credit_list IS NOT NULL THEN promotion_of(credit_list) END AS x_promotion,
    CASE WHEN is_ours THEN x_commitment_credit WHEN credit_list IS NOT NULL THEN commitment_credit_of(credit_list) END
        AS x_commitment_credit,
    CASE WHEN is_ours THEN x_dataset END AS x_dataset
FROM line
