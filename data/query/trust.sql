-- What a reader must know before believing a page: reconciled? observed? until when?
WITH charging AS (
    SELECT DISTINCT source
    FROM invoice_total
    WHERE billing_currency = $currency AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
)
SELECT
    (
        -- of amounts without sign: +5 on one day and -5 on another explain nothing. No row = nothing is unexplained; rows that
        -- all know nothing = no invoice is stated
        SELECT CASE
            WHEN count(*) > 0 AND count(in_view($view, effective_cost, billed_cost, contracted_cost, list_cost)) = 0 THEN NULL
            ELSE coalesce(sum(abs(in_view($view, effective_cost, billed_cost, contracted_cost, list_cost))), 0)
        END FROM ladder
        WHERE rung = 'unexplained' AND day >= $start AND day < $end AND billing_currency = $currency
            AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
    ) AS unexplained,
    (
        SELECT coverage(observed_cost, device_cost) FROM coverage_day
        WHERE day >= $start AND day < $end AND billing_currency = $currency
            AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
            AND chosen($teams, team) AND chosen($models, model)
    ) AS observed_share,
    (
        SELECT sum(unpriced_lines) FROM coverage_day
        WHERE day >= $start AND day < $end AND billing_currency = $currency
            AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
    ) AS unpriced_lines,
    -- Every bill is needed that charges something of the selection, so the one that ends first counts; telemetry sources stand in
    -- for one another. data_through is exclusive.
    (
        SELECT CAST(least(
            min(CASE WHEN grain = 'cost' AND source IN (SELECT source FROM charging) THEN data_through END),
            max(CASE WHEN grain = 'telemetry' THEN data_through END)
        ) - INTERVAL 1 MICROSECOND AS DATE)
        FROM source_state
    ) AS last_day
