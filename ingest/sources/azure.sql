-- Azure actual and amortised cost: one row of `raw` is one charge line of one of the two. `dataset` says of which, `alone`
-- that the other one is not here. Each amount stands once: actual lines are billed, amortised ones effective. An actual line
-- is staged as if it stood alone: azure_complete.sql knows up to which day the amortised dataset tells the same usage.
WITH line AS (
    SELECT
        *,
        lower(regexp_replace(coalesce(charge_type, 'Usage'), '[^A-Za-z]', '', 'g')) AS charge,
        lower(coalesce(pricing_model, '')) IN ('reservation', 'savingsplan') AS by_commitment,
        tags_of_text(additional_info) AS info,
        -- Azure writes one id in several cases; in lower case one machine stays one machine
        lower(resource) AS id,
        -- '10K', '100 Hours', '1 GB/Month': how many units one unit of the quantity is
        coalesce(TRY_CAST(regexp_extract(unit_of_measure, '^(\d+)', 1) AS DECIMAL(18,0)), 1)
            * CASE regexp_extract(unit_of_measure, '^\d+([KM])\b', 1) WHEN 'K' THEN 1000 WHEN 'M' THEN 1000000 ELSE 1 END AS block,
        coalesce(nullif(regexp_replace(trim(unit_of_measure), '^\d+[KM]?\s*(/|$|\b)\s*', ''), ''), 'Units') AS unit
    FROM raw
),
told AS (
    SELECT
        *,
        by_commitment OR charge LIKE 'unused%' AS committed,
        info['VMName'] AS vm
    FROM line
)
SELECT
    line_no,
    'Microsoft' AS provider,
    -- as Azure's FOCUS export spells them, so that the same bill from there is seen to be the same
    CASE WHEN starts_with(billing_account_id, '/') THEN billing_account_id
        ELSE '/providers/Microsoft.Billing/billingAccounts/' || billing_account_id END AS billing_account_id,
    billing_account_name,
    CASE WHEN starts_with(sub_account_id, '/') THEN lower(sub_account_id)
        ELSE '/subscriptions/' || lower(sub_account_id) END AS sub_account_id,
    subscription_name AS sub_account_name,
    CAST(date_trunc('month', coalesce(period, delivery_period, day)) AS DATE) AS billing_period,
    day AS charge_period_start,
    day + INTERVAL 1 DAY AS charge_period_end,
    CASE
        WHEN charge = 'usage' OR charge LIKE 'unused%' THEN 'Usage'
        WHEN charge = 'purchase' THEN 'Purchase'
        WHEN charge = 'tax' THEN 'Tax'
        WHEN charge = 'credit' THEN 'Credit'
        ELSE 'Adjustment'
    END AS charge_category,
    CASE lower(frequency) WHEN 'usagebased' THEN 'Usage-Based' WHEN 'onetime' THEN 'One-Time' ELSE frequency END AS charge_frequency,
    coalesce(product, concat_ws(' - ', meter_category, meter_sub_category, meter_name)) AS charge_description,
    CASE
        WHEN regexp_matches(meter_category, '^(Virtual Machines|Virtual Machine Scale Sets|Cloud Services|Container Instances|Azure Dedicated Host)$', 'i') THEN 'Compute'
        WHEN regexp_matches(meter_category, 'OpenAI|Cognitive|Foundry|Azure AI|Machine Learning|Bot Service', 'i') THEN 'AI and Machine Learning'
        WHEN regexp_matches(meter_category, '^Storage$|NetApp|Backup|Data Lake', 'i') THEN 'Storage'
        WHEN regexp_matches(meter_category, 'Bandwidth|Network|Load Balancer|NAT Gateway|VPN|ExpressRoute|Firewall|Front Door|Content Delivery|DNS|Application Gateway|Private Link', 'i') THEN 'Networking'
        WHEN regexp_matches(meter_category, 'SQL|Database|Cosmos|Redis', 'i') THEN 'Databases'
        WHEN regexp_matches(meter_category, 'Monitor|Log Analytics|Automation|Support', 'i') THEN 'Management and Governance'
    END AS service_category,
    meter_category AS service_name,
    sku_id,
    nullif(concat_ws(' - ', meter_sub_category, meter_name), '') AS sku_description,
    -- a scale set is billed under one id; its machines have ids of their own, as Kubernetes' provider id has them
    CASE WHEN regexp_matches(id, '/virtualmachinescalesets/[^/]+$') AND regexp_matches(vm, '_[0-9a-zA-Z]+$')
        THEN id || '/virtualmachines/' || lower(regexp_extract(vm, '_([0-9a-zA-Z]+)$', 1)) ELSE id END AS resource_id,
    coalesce(vm, resource_name, nullif(regexp_extract(resource, '([^/]+)$', 1), '')) AS resource_name,
    nullif(regexp_extract(id, '/providers/([^/]+/[^/]+)/[^/]+$', 1), '') AS resource_type,
    lower(replace(region, ' ', '')) AS region_id,
    -- other services put words of their own there
    CASE WHEN regexp_matches(info['ServiceType'], '^(Standard|Basic)_') THEN info['ServiceType'] END AS instance_type,
    CASE lower(pricing_model)
        WHEN 'ondemand' THEN 'Standard' WHEN 'spot' THEN 'Dynamic'
        WHEN 'reservation' THEN 'Committed' WHEN 'savingsplan' THEN 'Committed'
    END AS pricing_category,
    quantity AS pricing_quantity,
    unit_of_measure AS pricing_unit,
    CASE WHEN charge = 'usage' THEN CAST(quantity * block AS DECIMAL(38,12)) END AS consumed_quantity,
    CASE WHEN charge = 'usage' THEN unit END AS consumed_unit,
    CASE
        WHEN cost IS NULL THEN NULL
        WHEN dataset = 'ActualCost' THEN cost
        WHEN NOT alone THEN 0
    END AS billed_cost,
    CASE
        WHEN cost IS NULL OR dataset = 'AmortizedCost' THEN cost
        -- actual cost alone: what no commitment touches costs what it is billed; a purchase costs its use, which is unpriced
        WHEN NOT committed THEN cost
        WHEN charge <> 'usage' THEN 0
    END AS effective_cost,
    billing_currency,
    CASE WHEN committed THEN lower(coalesce(benefit_id, reservation_id, product_order_name)) END AS commitment_discount_id,
    CASE WHEN committed THEN
        CASE WHEN lower(pricing_model) = 'savingsplan' OR charge = 'unusedsavingsplan' THEN 'Spend' ELSE 'Usage' END
    END AS commitment_discount_category,
    CASE WHEN committed THEN
        CASE WHEN lower(pricing_model) = 'savingsplan' OR charge = 'unusedsavingsplan' THEN 'Savings plan' ELSE 'Reservation' END
    END AS commitment_discount_type,
    CASE WHEN charge LIKE 'unused%' THEN 'Unused' WHEN committed AND charge = 'usage' THEN 'Used' END AS commitment_discount_status,
    -- machines are billed under their own ids, also those that a capacity reservation holds room for: what is billed under the
    -- reservation's id is the room that no machine takes
    CASE WHEN contains(id, '/capacityreservationgroups/') THEN id END AS capacity_reservation_id,
    CASE WHEN contains(id, '/capacityreservationgroups/') AND charge = 'usage' THEN 'Unused' END AS capacity_reservation_status,
    invoice_id,
    tags,
    charge_type AS x_line_item_type,
    dataset AS x_dataset
FROM told
