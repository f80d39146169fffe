-- Every charge line as FOCUS 1.2 asks for it. FOCUS has no unknown: a cost that the export left out is 0 there, and
-- x_UnknownCosts names it, so that whoever loads the file again knows it for unknown. Unit prices are left out: not every
-- provider states them, and the columns are conditional.
WITH line AS (
    SELECT
        *,
        CASE WHEN charge_category IN ('Usage', 'Purchase', 'Tax', 'Credit', 'Adjustment') THEN charge_category ELSE 'Usage' END AS category,
        commitment_discount_id IS NOT NULL AS committed
    FROM cost
    WHERE ($since IS NULL OR billing_period >= $since) AND ($until IS NULL OR billing_period < $until)
),
-- a service has one category: the one of most of its lines; x_ServiceCategory keeps each line's own
kind AS (
    SELECT service_name, service_category, count(*) AS lines
    FROM line
    WHERE service_category IN (
        'AI and Machine Learning', 'Analytics', 'Business Applications', 'Compute', 'Databases', 'Developer Tools', 'Multicloud',
        'Identity', 'Integration', 'Internet of Things', 'Management and Governance', 'Media', 'Migration', 'Mobile', 'Networking',
        'Security', 'Storage', 'Web', 'Other'
    )
    GROUP BY 1, 2
),
category_of AS (
    SELECT service_name, arg_max(service_category, (lines, service_category)) AS service_category FROM kind GROUP BY 1
),
-- units as FOCUS spells them; the others as the provider does
unit (theirs, ours) AS (
    VALUES
        ('hrs', 'Hours'), ('hour', 'Hours'), ('hours', 'Hours'), ('second', 'Seconds'), ('seconds', 'Seconds'),
        ('gibibyte month', 'GiB-Months'), ('gibibyte hour', 'GiB-Hours'), ('gibibyte', 'GiB'),
        ('byte-seconds', 'B-Seconds'), ('bytes', 'B'), ('count', 'Count'), ('requests', 'Requests'), ('1/hour', 'Hours'),
        ('gib/second-months', 'GiB per Second-Months'), ('lambda-gb-seconds', 'Lambda GB-Seconds')
),
told AS (
    SELECT
        line.*, coalesce(category_of.service_category, 'Other') AS focus_category,
        coalesce(priced.ours, regexp_replace(regexp_replace(line.pricing_unit, '-Mo(nth)?$', '-Months'), '-H(r|rs|our)$', '-Hours'))
            AS focus_pricing_unit,
        coalesce(used.ours, regexp_replace(regexp_replace(line.consumed_unit, '-Mo(nth)?$', '-Months'), '-H(r|rs|our)$', '-Hours'))
            AS focus_consumed_unit,
        CASE WHEN committed AND category = 'Usage' THEN coalesce(commitment_discount_status, 'Used') END AS commitment_status,
        CASE WHEN capacity_reservation_id IS NOT NULL AND category = 'Usage' THEN coalesce(capacity_reservation_status, 'Used') END
            AS reservation_status
    FROM line
    LEFT JOIN category_of ON category_of.service_name IS NOT DISTINCT FROM line.service_name
    LEFT JOIN unit AS priced ON priced.theirs = lower(line.pricing_unit)
    LEFT JOIN unit AS used ON used.theirs = lower(line.consumed_unit)
)
SELECT
    coalesce(billed_cost, 0) AS "BilledCost",
    coalesce(billing_account_id, 'unknown') AS "BillingAccountId",
    billing_account_name AS "BillingAccountName",
    coalesce(billing_currency, 'XXX') AS "BillingCurrency",
    CAST(billing_period + INTERVAL 1 MONTH AS TIMESTAMPTZ) AS "BillingPeriodEnd",
    CAST(billing_period AS TIMESTAMPTZ) AS "BillingPeriodStart",
    capacity_reservation_id AS "CapacityReservationId",
    reservation_status AS "CapacityReservationStatus",
    category AS "ChargeCategory",
    charge_class AS "ChargeClass",
    charge_description AS "ChargeDescription",
    CASE
        WHEN charge_frequency IN ('One-Time', 'Recurring') THEN charge_frequency
        WHEN category = 'Purchase' THEN 'One-Time'
        WHEN charge_frequency = 'Usage-Based' OR category = 'Usage' THEN 'Usage-Based'
        ELSE 'One-Time'
    END AS "ChargeFrequency",
    CAST(coalesce(charge_period_end, charge_period_start) AS TIMESTAMPTZ) AS "ChargePeriodEnd",
    CAST(charge_period_start AS TIMESTAMPTZ) AS "ChargePeriodStart",
    CASE WHEN committed THEN coalesce(commitment_discount_category, 'Usage') END AS "CommitmentDiscountCategory",
    commitment_discount_id AS "CommitmentDiscountId",
    CAST(NULL AS VARCHAR) AS "CommitmentDiscountName",
    CASE WHEN committed AND category IN ('Usage', 'Purchase') THEN coalesce(pricing_quantity, 0) END AS "CommitmentDiscountQuantity",
    commitment_status AS "CommitmentDiscountStatus",
    CASE WHEN committed THEN coalesce(commitment_discount_type, 'unknown') END AS "CommitmentDiscountType",
    CASE WHEN committed AND category IN ('Usage', 'Purchase') THEN coalesce(focus_pricing_unit, 'Units') END AS "CommitmentDiscountUnit",
    -- nothing was consumed by what went unused, nor by a charge that is no usage
    CASE WHEN category = 'Usage' AND coalesce(commitment_status, reservation_status, '') <> 'Unused'
        THEN coalesce(consumed_quantity, 0) END AS "ConsumedQuantity",
    CASE WHEN category = 'Usage' AND coalesce(commitment_status, reservation_status, '') <> 'Unused'
        THEN coalesce(focus_consumed_unit, focus_pricing_unit, 'Units') END AS "ConsumedUnit",
    coalesce(contracted_cost, 0) AS "ContractedCost",
    coalesce(effective_cost, 0) AS "EffectiveCost",
    invoice_id AS "InvoiceId",
    coalesce(provider, 'unknown') AS "InvoiceIssuerName",
    coalesce(list_cost, 0) AS "ListCost",
    CASE
        WHEN category = 'Tax' THEN NULL
        WHEN pricing_category IN ('Standard', 'Dynamic', 'Committed', 'Other') THEN pricing_category
        WHEN category IN ('Usage', 'Purchase') THEN 'Other'
    END AS "PricingCategory",
    CASE
        WHEN category IN ('Usage', 'Purchase') THEN coalesce(pricing_quantity, 0)
        WHEN category <> 'Tax' THEN pricing_quantity
    END AS "PricingQuantity",
    CASE WHEN category IN ('Usage', 'Purchase') OR (category <> 'Tax' AND pricing_quantity IS NOT NULL)
        THEN coalesce(focus_pricing_unit, 'Units') END AS "PricingUnit",
    coalesce(provider, 'unknown') AS "ProviderName",
    coalesce(provider, 'unknown') AS "PublisherName",
    region_id AS "RegionId",
    region_id AS "RegionName",
    resource_id AS "ResourceId",
    CASE WHEN resource_id IS NOT NULL THEN resource_name END AS "ResourceName",
    CASE WHEN resource_id IS NOT NULL OR resource_name IS NOT NULL THEN coalesce(resource_type, 'unknown') END AS "ResourceType",
    focus_category AS "ServiceCategory",
    coalesce(service_name, 'unknown') AS "ServiceName",
    'Other (' || focus_category || ')' AS "ServiceSubcategory",
    sku_id AS "SkuId",
    CASE WHEN sku_id IS NOT NULL THEN sku_description END AS "SkuMeter",
    sub_account_id AS "SubAccountId",
    CASE WHEN sub_account_id IS NOT NULL THEN coalesce(sub_account_name, sub_account_id) END AS "SubAccountName",
    CASE WHEN cardinality(tags) > 0 THEN CAST(to_json(tags) AS VARCHAR) END AS "Tags",
    nullif(concat_ws(',',
        CASE WHEN billed_cost IS NULL THEN 'BilledCost' END,
        CASE WHEN effective_cost IS NULL THEN 'EffectiveCost' END,
        CASE WHEN contracted_cost IS NULL THEN 'ContractedCost' END,
        CASE WHEN list_cost IS NULL THEN 'ListCost' END
    ), '') AS "x_UnknownCosts",
    service_category AS "x_ServiceCategory",
    -- a status without an id is against the specification, and yet all that some exports tell
    commitment_discount_status AS "x_CommitmentDiscountStatus",
    capacity_reservation_status AS "x_CapacityReservationStatus",
    instance_type AS "x_InstanceType",
    team AS "x_Team",
    x_line_item_type AS "x_LineItemType",
    x_usage_type AS "x_UsageType",
    x_operation AS "x_Operation",
    x_credits AS "x_Credits",
    x_promotion AS "x_Promotion",
    x_commitment_credit AS "x_CommitmentCredit",
    source AS "x_Source",
    load_id AS "x_LoadId",
    file_id AS "x_FileId",
    line_no AS "x_LineNo"
FROM told
ORDER BY billing_period, "ChargePeriodStart", source, load_id, line_id
