-- The control sums of one raw file: `control_line` is what control_<format>.sql makes of it, each amount twice: as the file
-- spells it, and as it is stored. What storing 12 decimals changes is told beside the sum.
INSERT INTO control_part BY NAME
SELECT
    billing_period,
    day,
    provider,
    billing_account_id,
    sub_account_id,
    billing_currency,
    count(*) AS lines,
    sum(billed) AS billed_cost,
    sum(contracted) AS contracted_cost,
    sum(list) AS list_cost,
    CAST(sum(billed_stored) AS DECIMAL(38,24)) - sum(billed) AS billed_rounding,
    CAST(sum(contracted_stored) AS DECIMAL(38,24)) - sum(contracted) AS contracted_rounding,
    CAST(sum(list_stored) AS DECIMAL(38,24)) - sum(list) AS list_rounding
FROM control_line
GROUP BY 1, 2, 3, 4, 5, 6
