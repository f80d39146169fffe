INSERT INTO invoice_total BY NAME
SELECT
    $load_id AS load_id,
    $source AS source,
    billing_period,
    day,
    provider,
    billing_account_id,
    sub_account_id,
    billing_currency,
    sum(lines) AS lines,
    sum(billed_cost) AS billed_cost,
    sum(contracted_cost) AS contracted_cost,
    sum(list_cost) AS list_cost,
    sum(billed_rounding) AS billed_rounding,
    sum(contracted_rounding) AS contracted_rounding,
    sum(list_rounding) AS list_rounding
FROM control_part
-- a line without a period or day that can be read has no place here
WHERE billing_period IS NOT NULL AND day IS NOT NULL
GROUP BY ALL
