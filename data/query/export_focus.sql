-- Every charge line as FOCUS 1.2 asks for it. FOCUS has no unknown: where it wants a value that nobody knows, x_Unknown names
-- the column, so that whoever loads the file again takes it for unknown. Unit prices are left out: not every provider states
-- them, and the columns are conditional. What FOCUS sees otherwise than the source's own line stands in x_ columns beside it.
WITH in_scope AS (
    FROM cost
    WHERE ($since IS NULL OR billing_period >= $since) AND ($until IS NULL OR billing_period < $until)
),
-- a machine that was resized has other GPUs in hours of another type than the one that `resource` names
resized AS (
    SELECT resource_id
    FROM cost
    WHERE resource_id IS NOT NULL
    GROUP BY 1
    HAVING min(instance_type) <> max(instance_type)
),
stated AS (
    SELECT
        line.* REPLACE (
            -- Google's export tells its credits, also where there are none
            CASE WHEN load.kind = 'gcp' THEN coalesce(line.x_credits, '[]') ELSE line.x_credits END AS x_credits
        ),
        x_line_item_type IN ('SavingsPlanRecurringFee', 'RIFee') AND charge_category = 'Purchase' AND line.effective_cost <> 0 AS is_split,
        x_line_item_type = 'SavingsPlanCoveredUsage' AS is_covered,
        x_line_item_type = 'SavingsPlanNegation' AS is_negation,
        resource.device_model,
        resource.device_count
    FROM in_scope AS line
    LEFT JOIN load ON load.load_id = line.load_id
    LEFT JOIN resized ON resized.resource_id = line.resource_id
    LEFT JOIN resource
        ON resource.resource_id = line.resource_id
        AND CASE WHEN resized.resource_id IS NULL THEN line.instance_type IS NOT NULL
            ELSE resource.instance_type = line.instance_type END
),
-- AWS bills usage under a savings plan in full and takes it off again in lines of their own; in FOCUS it is billed 0 from the
-- start. What the two leave (they may be rounded apart) stays on the first negation, so that the sum is the invoice's.
taken_off AS (
    SELECT
        billing_period, provider, billing_account_id, sub_account_id, billing_currency, commitment_discount_id,
        sum(billed_cost) AS rest,
        min((load_id, line_id)) FILTER (is_negation) AS first
    FROM stated
    WHERE is_covered OR is_negation
    GROUP BY ALL
    HAVING count_if(is_covered) > 0 AND count_if(is_negation) > 0 AND count(*) = count(billed_cost)
),
netted AS (
    SELECT
        stated.* REPLACE (
            CASE
                WHEN taken_off.first IS NULL THEN stated.billed_cost
                WHEN is_negation AND taken_off.first = (load_id, line_id) THEN CAST(taken_off.rest AS DECIMAL(38,12))
                ELSE CAST(0 AS DECIMAL(38,12))
            END AS billed_cost
        ),
        CASE WHEN taken_off.first IS NOT NULL THEN stated.billed_cost END AS stated_billed_cost
    FROM stated
    LEFT JOIN taken_off
        ON (is_covered OR is_negation)
        AND taken_off.billing_period = stated.billing_period
        AND taken_off.provider IS NOT DISTINCT FROM stated.provider
        AND taken_off.billing_account_id IS NOT DISTINCT FROM stated.billing_account_id
        AND taken_off.sub_account_id IS NOT DISTINCT FROM stated.sub_account_id
        AND taken_off.billing_currency IS NOT DISTINCT FROM stated.billing_currency
        AND taken_off.commitment_discount_id IS NOT DISTINCT FROM stated.commitment_discount_id
),
-- a fee is a purchase, which in FOCUS has no effective cost; what of it nobody used is a row of its own, of the same line
piece AS (
    SELECT
        * REPLACE (
            CASE WHEN is_split THEN CAST(0 AS DECIMAL(38,12)) ELSE effective_cost END AS effective_cost,
            CASE WHEN is_split THEN NULL ELSE commitment_discount_status END AS commitment_discount_status
        )
    FROM netted
    UNION ALL
    SELECT
        * REPLACE (
            'Usage' AS charge_category, 'Usage-Based' AS charge_frequency, 'Committed' AS pricing_category,
            'Unused' AS commitment_discount_status, NULL AS pricing_quantity, NULL AS consumed_quantity, NULL AS consumed_unit,
            CAST(0 AS DECIMAL(38,12)) AS billed_cost, contracted_cost - contracted_cost AS contracted_cost,
            list_cost - list_cost AS list_cost
        )
    FROM netted
    WHERE is_split
),
line AS (
    SELECT
        *,
        CASE WHEN charge_category IN ('Usage', 'Purchase', 'Tax', 'Credit', 'Adjustment') THEN charge_category ELSE 'Usage' END AS category,
        commitment_discount_id IS NOT NULL AS committed
    FROM piece
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
pattern (place, theirs, ours) AS (
    VALUES
        (1, '^(.+)-Mo(nth)?$', '\1-Months'), (2, '^(.+)-H(r|rs|our)$', '\1-Hours'),
        -- Azure: '10K', '1/Month', '1 GB/Month'
        (3, '^(\d+)K$', '\1000 Units'), (4, '^(\d+)M$', '\1000000 Units'), (5, '^1/(.+)$', 'Units/\1'), (6, '^1 (.+/.+)$', '\1')
),
spelled AS (
    SELECT
        stated.unit,
        coalesce(any_value(unit.ours), arg_min(regexp_replace(stated.unit, pattern.theirs, pattern.ours), place), stated.unit) AS ours
    FROM (SELECT pricing_unit AS unit FROM line UNION SELECT consumed_unit AS unit FROM line) AS stated
    LEFT JOIN unit ON unit.theirs = lower(stated.unit)
    LEFT JOIN pattern ON regexp_matches(stated.unit, pattern.theirs)
    GROUP BY stated.unit
),
told AS (
    SELECT
        line.*,
        coalesce(category_of.service_category, 'Other') AS focus_category,
        priced.ours AS focus_pricing_unit,
        consumed.ours AS focus_consumed_unit,
        CASE WHEN committed AND category = 'Usage' THEN coalesce(commitment_discount_status, 'Used') END AS commitment_status,
        CASE WHEN capacity_reservation_id IS NOT NULL AND category = 'Usage' THEN coalesce(capacity_reservation_status, 'Used') END
            AS reservation_status,
        category IN ('Usage', 'Purchase') OR (category <> 'Tax' AND pricing_quantity IS NOT NULL) AS is_priced
    FROM line
    LEFT JOIN category_of ON category_of.service_name IS NOT DISTINCT FROM line.service_name
    LEFT JOIN spelled AS priced ON priced.unit = line.pricing_unit
    LEFT JOIN spelled AS consumed ON consumed.unit = line.consumed_unit
),
-- nothing was consumed by what went unused, nor by a charge that is no usage
focus_line AS (
    SELECT *, category = 'Usage' AND coalesce(commitment_status, reservation_status, '') <> 'Unused' AS is_use FROM told
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
    coalesce(charge_description, sku_description, service_name, 'unknown') AS "ChargeDescription",
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
    CASE WHEN is_use THEN coalesce(consumed_quantity, 0) END AS "ConsumedQuantity",
    CASE WHEN is_use THEN coalesce(focus_consumed_unit, focus_pricing_unit, 'Units') END AS "ConsumedUnit",
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
    CASE WHEN is_priced THEN coalesce(pricing_quantity, 0) END AS "PricingQuantity",
    CASE WHEN is_priced THEN coalesce(focus_pricing_unit, 'Units') END AS "PricingUnit",
    coalesce(provider, 'unknown') AS "ProviderName",
    coalesce(provider, 'unknown') AS "PublisherName",
    region_id AS "RegionId",
    region_id AS "RegionName",
    resource_id AS "ResourceId",
    CASE WHEN resource_id IS NOT NULL THEN resource_name END AS "ResourceName",
    CASE WHEN resource_id IS NOT NULL THEN coalesce(resource_type, 'unknown') END AS "ResourceType",
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
        CASE WHEN list_cost IS NULL THEN 'ListCost' END,
        CASE WHEN provider IS NULL THEN 'ProviderName' END,
        CASE WHEN billing_account_id IS NULL THEN 'BillingAccountId' END,
        CASE WHEN "SubAccountName" IS NOT NULL AND sub_account_name IS NULL THEN 'SubAccountName' END,
        CASE WHEN billing_currency IS NULL THEN 'BillingCurrency' END,
        CASE WHEN charge_period_end IS NULL THEN 'ChargePeriodEnd' END,
        CASE WHEN charge_category IS NULL THEN 'ChargeCategory' END,
        CASE WHEN charge_description IS NULL THEN 'ChargeDescription' END,
        CASE WHEN charge_frequency IS NULL THEN 'ChargeFrequency' END,
        CASE WHEN service_name IS NULL THEN 'ServiceName' END,
        CASE WHEN service_category IS NULL THEN 'ServiceCategory' END,
        CASE WHEN "ResourceType" IS NOT NULL AND resource_type IS NULL THEN 'ResourceType' END,
        CASE WHEN "PricingCategory" IS NOT NULL AND pricing_category IS NULL THEN 'PricingCategory' END,
        CASE WHEN "PricingQuantity" IS NOT NULL AND pricing_quantity IS NULL THEN 'PricingQuantity' END,
        CASE WHEN "PricingUnit" IS NOT NULL AND pricing_unit IS NULL THEN 'PricingUnit' END,
        CASE WHEN "ConsumedQuantity" IS NOT NULL AND consumed_quantity IS NULL THEN 'ConsumedQuantity' END,
        CASE WHEN "ConsumedUnit" IS NOT NULL AND consumed_unit IS NULL THEN 'ConsumedUnit' END,
        CASE WHEN "CommitmentDiscountCategory" IS NOT NULL AND commitment_discount_category IS NULL THEN 'CommitmentDiscountCategory' END,
        CASE WHEN "CommitmentDiscountType" IS NOT NULL AND commitment_discount_type IS NULL THEN 'CommitmentDiscountType' END,
        CASE WHEN "CommitmentDiscountStatus" IS NOT NULL AND commitment_discount_status IS NULL THEN 'CommitmentDiscountStatus' END,
        CASE WHEN "CapacityReservationStatus" IS NOT NULL AND capacity_reservation_status IS NULL THEN 'CapacityReservationStatus' END
    ), '') AS "x_Unknown",
    -- the bill as the line itself states it, where FOCUS wants it on another
    stated_billed_cost AS "x_BilledCost",
    -- what FOCUS has no place for on such a line: how much a fee committed, what a tax was on, a meter
    -- without a SKU, a kind of resource without one
    CASE WHEN NOT is_use THEN consumed_quantity END AS "x_ConsumedQuantity",
    CASE WHEN NOT is_use THEN focus_consumed_unit END AS "x_ConsumedUnit",
    CASE WHEN NOT is_priced THEN pricing_quantity END AS "x_PricingQuantity",
    CASE WHEN NOT is_priced THEN focus_pricing_unit END AS "x_PricingUnit",
    CASE WHEN sku_id IS NULL THEN sku_description END AS "x_SkuMeter",
    CASE WHEN resource_id IS NULL THEN resource_name END AS "x_ResourceName",
    CASE WHEN resource_id IS NULL THEN resource_type END AS "x_ResourceType",
    service_category AS "x_ServiceCategory",
    -- a status, kind or type without an id is against the specification, and yet all that some exports tell
    commitment_discount_status AS "x_CommitmentDiscountStatus",
    CASE WHEN NOT committed THEN commitment_discount_category END AS "x_CommitmentDiscountCategory",
    CASE WHEN NOT committed THEN commitment_discount_type END AS "x_CommitmentDiscountType",
    capacity_reservation_status AS "x_CapacityReservationStatus",
    instance_type AS "x_InstanceType",
    -- FOCUS tells devices in SkuPriceDetails, which needs a SkuPriceId; of the machine that the line is of
    device_model AS "x_GpuModel",
    device_count AS "x_GpuCount",
    team AS "x_Team",
    x_line_item_type AS "x_LineItemType",
    x_usage_type AS "x_UsageType",
    x_operation AS "x_Operation",
    x_credits AS "x_Credits",
    x_promotion AS "x_Promotion",
    x_commitment_credit AS "x_CommitmentCredit",
    -- which file of a bill in two files states the line
    x_dataset AS "x_Dataset",
    source AS "x_Source",
    load_id AS "x_LoadId",
    file_id AS "x_FileId",
    line_no AS "x_LineNo"
FROM focus_line
ORDER BY billing_period, "ChargePeriodStart", source, load_id, line_id, "ChargeCategory"
