-- Our own export names what nobody knows: no such amount is in a total, and no such name is one.
WITH line AS (
    SELECT
        *,
        string_split(coalesce(unknown, ''), ',') AS blank,
        CASE WHEN NOT list_contains(blank, 'BilledCost') THEN coalesce(CASE WHEN own IS NOT NULL THEN own_billed END, billed) END AS own_or_billed,
        CASE WHEN NOT list_contains(blank, 'ContractedCost') THEN contracted END AS known_contracted,
        CASE WHEN NOT list_contains(blank, 'ListCost') THEN list END AS known_list
    FROM control_raw
)
SELECT
    CAST(date_trunc('month', coalesce(period, delivery_period)) AS DATE) AS billing_period,
    CAST(coalesce(start, period) AS DATE) AS day,
    CASE WHEN own IS NULL THEN known_provider(provider) WHEN NOT list_contains(blank, 'ProviderName') THEN provider END AS provider,
    CASE WHEN NOT list_contains(blank, 'BillingAccountId') THEN billing_account_id END AS billing_account_id,
    sub_account_id,
    CASE WHEN NOT list_contains(blank, 'BillingCurrency') THEN billing_currency END AS billing_currency,
    exact(own_or_billed) AS billed,
    stored(own_or_billed) AS billed_stored,
    exact(known_contracted) AS contracted,
    stored(known_contracted) AS contracted_stored,
    exact(known_list) AS list,
    stored(known_list) AS list_stored
FROM line
