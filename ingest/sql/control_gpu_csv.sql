WITH line AS (
    SELECT *, coalesce(provider, CASE WHEN billed_ms IS NOT NULL THEN 'RunPod' END, billed_by) AS who FROM control_raw
)
SELECT
    CAST(date_trunc('month', coalesce(period, delivery_period, start, date)) AS DATE) AS billing_period,
    CAST(coalesce(start, date) AS DATE) AS day,
    who AS provider,
    coalesce(billing_account_id, who) AS billing_account_id,
    sub_account_id,
    coalesce(nullif(upper(trim(billing_currency)), ''), CASE WHEN billed_ms IS NOT NULL THEN 'USD' END) AS billing_currency,
    exact(cost) AS billed,
    stored(cost) AS billed_stored,
    exact(cost) AS contracted,
    stored(cost) AS contracted_stored,
    CAST(NULL AS DECIMAL(38,24)) AS list,
    CAST(NULL AS DECIMAL(38,12)) AS list_stored
FROM line
