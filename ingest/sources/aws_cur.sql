-- AWS Cost and Usage Report, legacy and 2.0: one row of `raw` is one line item. Only renames, casts and derives.
-- Cash: unblended, net of discounts where the export has net columns. Effective: amortised, as SOURCES.md 1.3 lays down;
-- a recurring fee whose commitment columns are empty stays NULL here and is worked out in aws_cur_complete.sql.
SELECT
    line_no,
    'AWS' AS provider,
    bill_payer_account_id AS billing_account_id,
    bill_payer_account_name AS billing_account_name,
    line_item_usage_account_id AS sub_account_id,
    line_item_usage_account_name AS sub_account_name,
    CAST(date_trunc('month', coalesce(delivery_period, bill_billing_period_start_date)) AS DATE) AS billing_period,
    line_item_usage_start_date AS charge_period_start,
    line_item_usage_end_date AS charge_period_end,
    CASE
        WHEN line_item_line_item_type IN ('Fee', 'RIFee', 'SavingsPlanUpfrontFee', 'SavingsPlanRecurringFee') THEN 'Purchase'
        WHEN line_item_line_item_type = 'Tax' THEN 'Tax'
        WHEN line_item_line_item_type = 'Credit' THEN 'Credit'
        WHEN line_item_line_item_type = 'Refund' THEN 'Adjustment'
        ELSE 'Usage'
    END AS charge_category,
    CASE
        WHEN line_item_line_item_type IN ('RIFee', 'SavingsPlanRecurringFee') THEN 'Recurring'
        WHEN line_item_line_item_type IN ('Fee', 'SavingsPlanUpfrontFee', 'Tax', 'Credit', 'Refund') THEN 'One-Time'
        ELSE 'Usage-Based'
    END AS charge_frequency,
    line_item_line_item_description AS charge_description,
    CASE
        WHEN line_item_product_code = 'AmazonEC2' AND product_product_family = 'Compute Instance' THEN 'Compute'
        WHEN regexp_matches(line_item_product_code, 'SageMaker|Bedrock|Comprehend|Rekognition|Textract|Kendra') THEN 'AI and Machine Learning'
        WHEN product_product_family IN ('Storage', 'Storage Snapshot', 'System Operation', 'Provisioned Throughput') THEN 'Storage'
        WHEN product_product_family IN ('Data Transfer', 'Load Balancer', 'Load Balancer-Application', 'Load Balancer-Network', 'NAT Gateway', 'IP Address', 'VpcEndpoint') THEN 'Networking'
        WHEN regexp_matches(line_item_product_code, '^Amazon(EC2|ECS|EKS|ECR)$|^AWSLambda$') THEN 'Compute'
        WHEN regexp_matches(line_item_product_code, '^Amazon(S3|EFS|FSx|Glacier)') THEN 'Storage'
        WHEN regexp_matches(line_item_product_code, '^Amazon(VPC|CloudFront|Route53)|^AWSELB$|^AWSDataTransfer$') THEN 'Networking'
        WHEN regexp_matches(line_item_product_code, '^Amazon(RDS|DynamoDB|ElastiCache|Redshift|DocDB|Neptune)') THEN 'Databases'
        WHEN regexp_matches(line_item_product_code, '^AmazonCloudWatch$|^AWSCloudTrail$|Support') THEN 'Management and Governance'
    END AS service_category,
    coalesce(product_product_name, line_item_product_code) AS service_name,
    product_sku AS sku_id,
    -- Bedrock's usage types name the kind of token: …-input-tokens, …-cache-read-input-token-count, MP:…_OutputTokenCount-Units
    CASE
        WHEN NOT regexp_matches(line_item_usage_type, 'token', 'i') THEN NULL
        WHEN regexp_matches(line_item_usage_type, 'cache.?read', 'i') THEN 'Cache read tokens'
        WHEN regexp_matches(line_item_usage_type, 'cache.?write', 'i') THEN 'Cache write tokens'
        WHEN regexp_matches(line_item_usage_type, 'input', 'i') THEN 'Input tokens'
        WHEN regexp_matches(line_item_usage_type, 'output', 'i') THEN 'Output tokens'
    END AS sku_description,
    line_item_resource_id AS resource_id,
    product_product_family AS resource_type,
    product_region_code AS region_id,
    regexp_replace(coalesce(
        product_instance_type,
        -- BoxUsage:p5.48xlarge, USE1-SpotUsage:g5.xlarge, Cluster:ml.p4d.24xlarge, Host:ml.g6.xlarge
        nullif(regexp_extract(line_item_usage_type, ':((?:ml\.)?[a-z][a-z0-9-]*\.(?:nano|micro|small|medium|\d*x?large|metal[a-z0-9-]*))(?:$|[^a-z0-9.])', 1), '')
    ), '^ml\.', '') AS instance_type,
    CASE
        WHEN line_item_line_item_type IN ('SavingsPlanCoveredUsage', 'DiscountedUsage') THEN 'Committed'
        WHEN line_item_line_item_type = 'Tax' THEN NULL
        WHEN contains(line_item_usage_type, 'SpotUsage') THEN 'Dynamic'
        ELSE 'Standard'
    END AS pricing_category,
    CASE WHEN line_item_line_item_type <> 'SavingsPlanNegation' THEN line_item_usage_amount END AS pricing_quantity,
    pricing_unit,
    CASE WHEN line_item_line_item_type IN ('Usage', 'SavingsPlanCoveredUsage', 'DiscountedUsage')
        THEN line_item_usage_amount END AS consumed_quantity,
    CASE WHEN line_item_line_item_type IN ('Usage', 'SavingsPlanCoveredUsage', 'DiscountedUsage')
        THEN pricing_unit END AS consumed_unit,
    -- a reserved hour that comes without any price at all is unpriced, not free
    CASE WHEN line_item_line_item_type = 'DiscountedUsage'
            AND coalesce(reservation_net_effective_cost, reservation_effective_cost, pricing_public_on_demand_cost) IS NULL
            AND coalesce(line_item_net_unblended_cost, line_item_unblended_cost, 0) = 0 THEN NULL
        ELSE coalesce(line_item_net_unblended_cost, line_item_unblended_cost)
    END AS billed_cost,
    CASE line_item_line_item_type
        WHEN 'DiscountedUsage' THEN coalesce(
            reservation_net_effective_cost, reservation_effective_cost, nullif(line_item_unblended_cost, 0))
        WHEN 'SavingsPlanCoveredUsage' THEN coalesce(
            savings_plan_net_savings_plan_effective_cost, savings_plan_savings_plan_effective_cost)
        WHEN 'SavingsPlanNegation' THEN 0
        WHEN 'SavingsPlanUpfrontFee' THEN 0
        WHEN 'SavingsPlanRecurringFee' THEN
            CASE WHEN savings_plan_total_commitment_to_date > savings_plan_used_commitment THEN
                    CASE WHEN net_share = 1 THEN savings_plan_total_commitment_to_date - savings_plan_used_commitment
                        ELSE CAST(net_share * CAST(savings_plan_total_commitment_to_date - savings_plan_used_commitment
                            AS DOUBLE) AS DECIMAL(38,12)) END
                WHEN savings_plan_total_commitment_to_date > 0 AND savings_plan_used_commitment IS NOT NULL THEN 0
            END
        WHEN 'RIFee' THEN
            CASE WHEN coalesce(net_unused_upfront, unused_upfront, net_unused_recurring, unused_recurring) IS NOT NULL
                THEN coalesce(net_unused_upfront, unused_upfront, 0) + coalesce(net_unused_recurring, unused_recurring, 0)
            END
        WHEN 'Fee' THEN CASE WHEN reservation_reservation_a_r_n IS NOT NULL THEN 0
            ELSE coalesce(line_item_net_unblended_cost, line_item_unblended_cost) END
        ELSE coalesce(line_item_net_unblended_cost, line_item_unblended_cost)
    END AS effective_cost,
    -- a savings plan's covered usage stands at its own contracted and list price; what takes that price off again, and the
    -- fee that is paid instead, are in cash alone. What the file leaves out stays unknown.
    CASE WHEN in_cash_alone AND line_item_unblended_cost IS NOT NULL THEN 0 ELSE line_item_unblended_cost END AS contracted_cost,
    CASE WHEN in_cash_alone AND pricing_public_on_demand_cost IS NOT NULL THEN 0 ELSE pricing_public_on_demand_cost END AS list_cost,
    line_item_currency_code AS billing_currency,
    coalesce(savings_plan_savings_plan_a_r_n, reservation_reservation_a_r_n) AS commitment_discount_id,
    CASE
        WHEN starts_with(line_item_line_item_type, 'SavingsPlan') THEN 'Spend'
        WHEN line_item_line_item_type IN ('DiscountedUsage', 'RIFee') OR reservation_reservation_a_r_n IS NOT NULL THEN 'Usage'
    END AS commitment_discount_category,
    CASE
        WHEN starts_with(line_item_line_item_type, 'SavingsPlan') THEN 'Savings Plan'
        WHEN line_item_line_item_type IN ('DiscountedUsage', 'RIFee') OR reservation_reservation_a_r_n IS NOT NULL THEN 'Reserved Instance'
    END AS commitment_discount_type,
    CASE
        WHEN line_item_line_item_type IN ('SavingsPlanCoveredUsage', 'DiscountedUsage') THEN 'Used'
        WHEN line_item_line_item_type = 'SavingsPlanRecurringFee'
            AND savings_plan_total_commitment_to_date > savings_plan_used_commitment THEN 'Unused'
        WHEN line_item_line_item_type = 'RIFee'
            AND coalesce(net_unused_upfront, unused_upfront, 0) + coalesce(net_unused_recurring, unused_recurring, 0) > 0
            THEN 'Unused'
    END AS commitment_discount_status,
    capacity_reservation_id,
    CASE
        WHEN capacity_reservation_status IS NOT NULL THEN
            CASE WHEN capacity_reservation_status ILIKE '%unused%' THEN 'Unused' ELSE 'Used' END
        WHEN regexp_matches(line_item_usage_type, 'Unused(Box|Ded):') THEN 'Unused'
    END AS capacity_reservation_status,
    bill_invoice_id AS invoice_id,
    -- who called Bedrock, as one more tag: the role or user without its session. team_tags says whether that is a team
    with_categories(CASE WHEN line_item_iam_principal IS NULL AND coalesce(len(map_keys(more_tags)), 0) = 0 THEN tags
        ELSE map_concat(
            CASE WHEN line_item_iam_principal IS NULL THEN MAP {} ELSE MAP {'iam_principal': coalesce(
                nullif(regexp_extract(line_item_iam_principal, ':assumed-role/([^/]+)/', 1), ''),
                regexp_extract(line_item_iam_principal, '([^/:]+)$', 1))} END,
            coalesce(more_tags, MAP {}),
            coalesce(tags, MAP {}))
    END, cost_categories) AS tags,
    line_item_line_item_type AS x_line_item_type,
    line_item_usage_type AS x_usage_type,
    line_item_operation AS x_operation
FROM (
    -- what discounts leave of a savings plan's commitment, which the export tells before them: the used part has a net column,
    -- the unused part has none
    SELECT *, coalesce(
        CAST(savings_plan_net_recurring_commitment_for_billing_period
            + coalesce(savings_plan_net_amortized_upfront_commitment_for_billing_period, 0) AS DOUBLE)
        / nullif(CAST(savings_plan_recurring_commitment_for_billing_period
            + coalesce(savings_plan_amortized_upfront_commitment_for_billing_period, 0) AS DOUBLE), 0),
        CAST(line_item_net_unblended_cost AS DOUBLE) / nullif(CAST(line_item_unblended_cost AS DOUBLE), 0),
        1
    ) AS net_share,
    coalesce(line_item_line_item_type IN ('SavingsPlanNegation', 'SavingsPlanUpfrontFee', 'SavingsPlanRecurringFee'), false)
        AS in_cash_alone
    FROM raw
)
-- split cost lines repeat the money of a line that is here: aws_cur_split.sql takes them. One that bore money itself stays.
WHERE split_line_item_parent_resource_id IS NULL OR coalesce(line_item_unblended_cost, 0) <> 0
