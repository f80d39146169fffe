-- Invoice total (from the raw files, by separate code; rounded per line as the store rounds) − Σ of all rungs, where the raw
-- file can tell: billing period × day × provider × accounts × currency.
WITH invoice AS (
    SELECT
        billing_period, day, provider, billing_account_id, sub_account_id, billing_currency,
        sum(lines) AS lines, sum(billed_cost + billed_rounding) AS billed_cost, sum(contracted_cost + contracted_rounding) AS contracted_cost,
        sum(list_cost + list_rounding) AS list_cost
    FROM invoice_total
    GROUP BY 1, 2, 3, 4, 5, 6
),
rungs AS (
    SELECT
        billing_period, charge_day AS day, provider, billing_account_id, sub_account_id, billing_currency,
        sum(effective_cost) AS effective_cost, sum(billed_cost) AS billed_cost,
        sum(contracted_cost) AS contracted_cost, sum(list_cost) AS list_cost
    FROM built_ladder
    GROUP BY 1, 2, 3, 4, 5, 6
),
side AS (
    SELECT
        billing_period, day, provider, billing_account_id, sub_account_id, billing_currency,
        lines AS invoice_lines, billed_cost AS invoice_billed, contracted_cost AS invoice_contracted, list_cost AS invoice_list,
        NULL AS effective_cost, NULL AS billed_cost, NULL AS contracted_cost, NULL AS list_cost
    FROM invoice
    UNION ALL
    SELECT
        billing_period, day, provider, billing_account_id, sub_account_id, billing_currency,
        NULL AS invoice_lines, NULL AS invoice_billed, NULL AS invoice_contracted, NULL AS invoice_list,
        effective_cost, billed_cost, contracted_cost, list_cost
    FROM rungs
),
sides AS (
    SELECT
        billing_period, day, provider, billing_account_id, sub_account_id, billing_currency,
        sum(invoice_lines) AS invoice_lines, sum(invoice_billed) AS invoice_billed, sum(invoice_contracted) AS invoice_contracted, sum(invoice_list) AS invoice_list,
        sum(effective_cost) AS effective_cost, sum(billed_cost) AS billed_cost,
        sum(contracted_cost) AS contracted_cost, sum(list_cost) AS list_cost
    FROM side
    GROUP BY 1, 2, 3, 4, 5, 6
)
SELECT
    billing_period, day, provider, billing_account_id, sub_account_id, billing_currency,
    -- a missing side is a real difference, unless the export never gives the column: lines that tell no billed cost state no
    -- invoice to measure against
    CASE WHEN effective_cost IS NULL AND billed_cost IS NOT NULL THEN NULL
        WHEN invoice_lines > 0 AND invoice_billed IS NULL AND coalesce(billed_cost, 0) = 0 THEN NULL
        ELSE to_money(coalesce(invoice_billed, 0)) - coalesce(effective_cost, 0) END AS effective_cost,
    CASE WHEN invoice_lines > 0 AND invoice_billed IS NULL AND coalesce(billed_cost, 0) = 0 THEN NULL
        ELSE to_money(coalesce(invoice_billed, 0)) - coalesce(billed_cost, 0) END AS billed_cost,
    CASE WHEN invoice_contracted IS NOT NULL OR contracted_cost IS NOT NULL
        THEN to_money(coalesce(invoice_contracted, 0)) - coalesce(contracted_cost, 0) END AS contracted_cost,
    CASE WHEN invoice_list IS NOT NULL OR list_cost IS NOT NULL
        THEN to_money(coalesce(invoice_list, 0)) - coalesce(list_cost, 0) END AS list_cost
FROM sides
