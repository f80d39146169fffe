-- Credits are taken apart here by path, not by type: an array, or one object.
WITH credit AS (
    SELECT
        *,
        CASE WHEN json_type(credits) = 'OBJECT' THEN [json_extract_string(credits, '$.amount')]
            ELSE json_extract_string(credits, '$[*].amount') END AS amounts
    FROM control_raw
)
SELECT
    coalesce(TRY_CAST(regexp_replace(invoice_month, '^([12]\d{3})(\d{2})$', '\1-\2-01') AS DATE), delivery_period) AS billing_period,
    CAST(start AS DATE) AS day,
    'GCP' AS provider,
    billing_account_id,
    sub_account_id,
    billing_currency,
    exact(cost) + coalesce(list_sum(list_transform(amounts, lambda a: exact(a))), 0) AS billed,
    -- each amount is stored with 12 decimals before they are added
    CAST(exact(cost) AS DECIMAL(38,12))
        + coalesce(list_sum(list_transform(amounts, lambda a: CAST(exact(a) AS DECIMAL(38,12)))), 0) AS billed_stored,
    exact(cost) AS contracted,
    stored(cost) AS contracted_stored,
    exact(list) AS list,
    stored(list) AS list_stored
FROM credit
