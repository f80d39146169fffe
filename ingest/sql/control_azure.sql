-- The invoice is the actual dataset; the amortised one spreads the same money over the use of its commitments.
WITH line AS (
    SELECT *, CASE WHEN dataset = 'ActualCost' THEN cost WHEN NOT alone THEN '0' END AS billed FROM control_raw
)
SELECT
    CAST(date_trunc('month', coalesce(period, delivery_period, start)) AS DATE) AS billing_period,
    CAST(start AS DATE) AS day,
    'Microsoft' AS provider,
    regexp_replace(billing_account_id, '^([^/])', '/providers/Microsoft.Billing/billingAccounts/\1') AS billing_account_id,
    lower(regexp_replace(sub_account_id, '^([^/])', '/subscriptions/\1')) AS sub_account_id,
    billing_currency,
    exact(billed) AS billed,
    stored(billed) AS billed_stored,
    CAST(NULL AS DECIMAL(38,24)) AS contracted,
    CAST(NULL AS DECIMAL(38,12)) AS contracted_stored,
    CAST(NULL AS DECIMAL(38,24)) AS list,
    CAST(NULL AS DECIMAL(38,12)) AS list_stored
FROM line
