-- What only the whole delivery tells: up to which day each dataset goes, and a dataset that is not what it was taken for.
CREATE OR REPLACE TEMP TABLE azure_reach AS
WITH last_day AS (
    SELECT
        billing_period,
        max(charge_period_start) FILTER (x_dataset = 'ActualCost') AS actual,
        max(charge_period_start) FILTER (x_dataset = 'AmortizedCost') AS amortised,
        max(charge_period_start) FILTER (x_dataset = 'AmortizedCost' AND commitment_discount_category IS NULL) AS uncommitted
    FROM staged
    GROUP BY billing_period
)
SELECT
    billing_period,
    -- what commitments cover is billed 0: only other charges tell that the actual dataset ends early
    CASE WHEN uncommitted > actual THEN actual WHEN actual IS NOT NULL THEN greatest(actual, amortised) END AS billed_until,
    amortised AS amortised_until
FROM last_day;

-- actual lines of days that the amortised dataset tells too; amortised lines of days that the actual one does not reach
CREATE OR REPLACE TEMP TABLE completed AS
SELECT staged.line_id
FROM staged
JOIN azure_reach ON staged.billing_period = azure_reach.billing_period
WHERE CASE staged.x_dataset
    WHEN 'ActualCost' THEN staged.charge_period_start <= amortised_until
    ELSE staged.billed_cost IS NOT NULL AND coalesce(staged.charge_period_start > billed_until, TRUE)
END;

-- No invoice is known of such days. Only a total of 0 goes: an amount that the control computation found stays and shows.
UPDATE control_part
SET billed_cost = NULL, billed_rounding = NULL
FROM azure_reach
WHERE control_part.billing_period = azure_reach.billing_period
    AND coalesce(control_part.day > billed_until, TRUE)
    AND control_part.billed_cost = 0;

WITH line AS (
    SELECT
        staged.*,
        strftime(staged.billing_period, '%Y-%m') AS month,
        strftime(billed_until, '%Y-%m-%d') AS billed_until,
        strftime(amortised_until, '%Y-%m-%d') AS amortised_until,
        CASE x_dataset
            WHEN 'ActualCost' THEN coalesce(charge_period_start > azure_reach.amortised_until, TRUE)
            ELSE coalesce(charge_period_start > azure_reach.billed_until, TRUE)
        END AS alone
    FROM staged
    JOIN azure_reach ON staged.billing_period = azure_reach.billing_period
)
SELECT CASE WHEN billed_until IS NULL
    THEN 'only the amortised dataset of ' || month || ' is here: it does not state the invoice, so billed cost is unknown'
    ELSE 'the actual dataset ends on ' || billed_until || ': billed cost is unknown on ' || count(*)
        || ' amortised lines of later days' END AS note
FROM line
WHERE x_dataset = 'AmortizedCost' AND alone
GROUP BY month, billed_until
UNION ALL
SELECT concat_ws(': ',
    CASE WHEN amortised_until IS NULL THEN 'only the actual dataset of ' || month || ' is here'
        ELSE 'the amortised dataset ends on ' || amortised_until
            || ' (that day may be incomplete), later days cost what they are billed' END,
    nullif(count_if(effective_cost IS NULL), 0) || ' lines of usage under a commitment are unpriced')
FROM line
WHERE x_dataset = 'ActualCost' AND alone
-- alone in its month it is as good as both, unless a commitment takes part; the purchase of one costs 0 either way
GROUP BY month, amortised_until
HAVING CASE WHEN amortised_until IS NULL THEN count(*) > count(effective_cost)
    ELSE count_if(effective_cost IS DISTINCT FROM 0) > 0 END
UNION ALL
SELECT count(*) || ' lines of unused commitments stand in the actual dataset, where Azure has none: see which file is which'
FROM line
WHERE x_dataset = 'ActualCost' AND commitment_discount_status = 'Unused'
HAVING count(*) > 0
