-- Credits are taken apart here by path, not by type: an array, or one object.
WITH credit AS (
    SELECT
        *,
        CASE WHEN json_type(credits) = 'OBJECT' THEN [json_extract_string(credits, '$.amount')]
            ELSE json_extract_string(credits, '$[*].amount') END AS amounts
    FROM control_raw
),
line AS (
    SELECT
        * EXCLUDE (amounts),
        exact(cost) + coalesce(list_sum(list_transform(amounts, lambda a: exact(a))), 0) AS billed,
        -- each amount is stored with 12 decimals before they are added
        CAST(exact(cost) AS DECIMAL(38,12))
            + coalesce(list_sum(list_transform(amounts, lambda a: CAST(exact(a) AS DECIMAL(38,12)))), 0) AS stored
    FROM credit
)
SELECT
    coalesce(make_date(TRY_CAST(invoice_month[:4] AS INTEGER), TRY_CAST(invoice_month[5:6] AS INTEGER), 1), delivery_period) AS billing_period,
    CAST(start AS DATE) AS day,
    'GCP' AS provider,
    billing_account_id,
    sub_account_id,
    billing_currency,
    count(*) AS lines,
    sum(billed) AS billed_cost,
    sum(exact(cost)) AS contracted_cost,
    sum(exact(list)) AS list_cost,
    sum(CAST(stored AS DECIMAL(38,24)) - billed) AS billed_rounding,
    rounding(cost) AS contracted_rounding,
    rounding(list) AS list_rounding
FROM line
GROUP BY 1, 2, 3, 4, 5, 6
