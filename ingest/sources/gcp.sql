-- GCP detailed usage export: one row of `raw` is one export row. Only renames, casts and derives.
-- Credits stand inside a row: effective = billed = cost + Σ credits, as in Google's own FOCUS view. Rows are never
-- merged: corrections are appended as rows of their own, and equal rows are legitimate.
WITH line AS (
    SELECT
        *,
        -- BigQuery has an array of credits, some converters one object
        from_json(
            CASE WHEN starts_with(ltrim(credits), '{') THEN '[' || credits || ']' ELSE credits END,
            '[{"name": "VARCHAR", "id": "VARCHAR", "type": "VARCHAR", "amount": "VARCHAR"}]'
        ) AS credit_list,
        tags_of_records(system_labels) AS system_tags
    FROM raw
),
credited AS (
    SELECT
        *,
        -- one that cannot be read makes the cost unknown, not higher
        CASE WHEN json_type(credits) NOT IN ('ARRAY', 'OBJECT', 'NULL')
                OR list_bool_or(list_transform(credit_list, lambda c: c.amount IS NOT NULL AND money_of_text(c.amount) IS NULL)) THEN NULL
            ELSE coalesce(list_sum(list_transform(credit_list, lambda c: money_of_text(c.amount))), 0) END AS credit,
        promotion_of(credit_list) AS promotion,
        commitment_credit_of(credit_list) AS commitment
    FROM line
)
SELECT
    line_no,
    'GCP' AS provider,
    billing_account_id,
    project_id AS sub_account_id,
    project_name AS sub_account_name,
    coalesce(
        CAST(CASE WHEN regexp_matches(invoice_month, '^[12]\d{5}$') THEN try_strptime(invoice_month, '%Y%m') END AS DATE),
        delivery_period
    ) AS billing_period,
    usage_start_time AS charge_period_start,
    usage_end_time AS charge_period_end,
    CASE cost_type
        WHEN 'tax' THEN 'Tax'
        WHEN 'adjustment' THEN 'Adjustment'
        WHEN 'rounding_error' THEN 'Adjustment'
        -- a committed use discount's fee has a SKU of its own and no resource
        ELSE CASE WHEN starts_with(sku_description, 'Commitment') THEN 'Purchase' ELSE 'Usage' END
    END AS charge_category,
    CASE WHEN json_valid(adjustment_info)
            AND coalesce(adjustment_info ->> 'id', adjustment_info ->> 'type', adjustment_info ->> 'mode') <> ''
        THEN 'Correction' END AS charge_class,
    CASE WHEN starts_with(sku_description, 'Commitment') THEN 'Recurring' ELSE 'Usage-Based' END AS charge_frequency,
    sku_description AS charge_description,
    gcp_service_category(service_description, sku_description) AS service_category,
    service_description AS service_name,
    sku_id,
    sku_description,
    coalesce(resource_global_name, resource_name) AS resource_id,
    resource_name,
    location_region AS region_id,
    system_tags['compute.googleapis.com/machine_spec'] AS instance_type,
    CASE
        WHEN cost_type = 'tax' THEN NULL
        WHEN commitment <> 0 THEN 'Committed'
        WHEN regexp_matches(sku_description, '\b(Spot|Preemptible)\b', 'i') THEN 'Dynamic'
        ELSE 'Standard'
    END AS pricing_category,
    usage_amount_in_pricing_units AS pricing_quantity,
    usage_pricing_unit AS pricing_unit,
    CASE WHEN coalesce(cost_type, 'regular') = 'regular' THEN usage_amount END AS consumed_quantity,
    CASE WHEN coalesce(cost_type, 'regular') = 'regular' THEN usage_unit END AS consumed_unit,
    cost + credit AS billed_cost,
    cost + credit AS effective_cost,
    cost AS contracted_cost,
    cost_at_list AS list_cost,
    currency AS billing_currency,
    subscription_id AS commitment_discount_id,
    CASE WHEN subscription_id IS NOT NULL OR commitment <> 0 THEN 'Committed use discount' END AS commitment_discount_type,
    CASE WHEN commitment <> 0 THEN 'Used' END AS commitment_discount_status,
    system_tags['compute.googleapis.com/reservation_name'] AS capacity_reservation_id,
    CASE lower(system_tags['compute.googleapis.com/is_unused_reservation'])
        WHEN 'true' THEN 'Unused' WHEN 'false' THEN 'Used' END AS capacity_reservation_status,
    tags_of_records(labels) AS tags,
    cost_type AS x_line_item_type,
    credits AS x_credits,
    promotion AS x_promotion,
    commitment AS x_commitment_credit
FROM credited
