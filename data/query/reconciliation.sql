-- Grain: billing period × provider, whole invoice months: invoice total (from the raw files, by separate code; rounded per line as
-- the store rounds) against the ladder without `unexplained`, and what is left, day by day, without sign. In the chosen view; timing makes the effective
-- ladder come out at the billed invoice.
WITH invoice AS (
    SELECT
        billing_period, provider, sum(lines) AS lines,
        CAST(sum(in_view($view, billed_cost + billed_rounding, billed_cost + billed_rounding,
            contracted_cost + contracted_rounding, list_cost + list_rounding)) AS DECIMAL(38, 12)) AS invoice_total
    FROM invoice_total
    WHERE billing_currency = $currency AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
    GROUP BY 1, 2
),
rungs AS (
    SELECT
        billing_period, provider,
        sum(CASE WHEN rung <> 'unexplained'
            THEN in_view($view, effective_cost, billed_cost, contracted_cost, list_cost) END) AS ladder,
        sum(CASE WHEN rung = 'unexplained'
            THEN abs(in_view($view, effective_cost, billed_cost, contracted_cost, list_cost)) ELSE 0 END) AS unexplained
    FROM ladder
    WHERE billing_currency = $currency AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
    GROUP BY 1, 2
)
SELECT
    coalesce(i.billing_period, r.billing_period) AS billing_period,
    coalesce(i.provider, r.provider) AS provider,
    r.unexplained, i.invoice_total, r.ladder, i.lines
FROM invoice i
FULL JOIN rungs r ON r.billing_period = i.billing_period AND r.provider IS NOT DISTINCT FROM i.provider
ORDER BY 1 DESC, 2
