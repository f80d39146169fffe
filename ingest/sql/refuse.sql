-- Staged lines that cannot be used, with the reason. A price that an export leaves out is unpriced, not wrong:
-- AWS's DiscountedUsage may come without one; and Azure's amortised dataset alone knows no invoice. A GPU bill is written by
-- hand: what a provider's own export never gets wrong is looked at too.
CREATE OR REPLACE TEMP TABLE refused AS
SELECT
    line_id,
    file_id,
    line_no,
    concat_ws('; ',
        CASE WHEN charge_period_start IS NULL THEN 'no start of the charge period that can be read' END,
        CASE WHEN billing_period IS NULL THEN 'no billing period that can be read' END,
        CASE WHEN billed_cost IS NULL AND x_line_item_type IS DISTINCT FROM 'DiscountedUsage'
            AND (x_dataset IS DISTINCT FROM 'AmortizedCost' OR effective_cost IS NULL)
            THEN 'no billed cost that can be read' END,
        CASE WHEN greatest(abs(billed_cost), abs(effective_cost), abs(contracted_cost), abs(list_cost)) >= 100000000000000
            THEN 'a cost of 100,000,000,000,000 or more' END,
        CASE WHEN charge_period_end < charge_period_start THEN 'the charge period ends before it starts' END,
        CASE WHEN service_name = 'GPU machines' AND coalesce(NOT regexp_matches(billing_currency, '^[A-Z]{3}$'), TRUE)
            THEN 'no currency of three letters, such as USD' END,
        CASE WHEN service_name = 'GPU machines' AND consumed_quantity < 0 AND billed_cost >= 0
            THEN 'negative hours, but no negative cost' END
    ) AS reason
FROM read_parquet($staged)
WHERE charge_period_start IS NULL
    OR billing_period IS NULL
    OR (billed_cost IS NULL AND x_line_item_type IS DISTINCT FROM 'DiscountedUsage'
        AND (x_dataset IS DISTINCT FROM 'AmortizedCost' OR effective_cost IS NULL))
    -- exact totals have 24 decimals, and so 14 digits before them
    OR greatest(abs(billed_cost), abs(effective_cost), abs(contracted_cost), abs(list_cost)) >= 100000000000000
    OR charge_period_end < charge_period_start
    OR (service_name = 'GPU machines' AND (
        coalesce(NOT regexp_matches(billing_currency, '^[A-Z]{3}$'), TRUE) OR (consumed_quantity < 0 AND billed_cost >= 0)
    ))
