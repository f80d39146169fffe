-- The same bill, loaded twice under two names, however either spells provider and account; as the load's own guard compares.
WITH bill AS (
    SELECT DISTINCT source, provider, billing_account_id, billing_period, ltrim(lower(billing_account_id), '0') AS account
    FROM cost
)
SELECT concat_ws(' ', one.provider, one.billing_account_id, one.billing_period, 'in', one.source || ', ' || other.source)
FROM bill AS one
JOIN bill AS other
    ON one.source < other.source
    AND lower(one.provider) IS NOT DISTINCT FROM lower(other.provider)
    AND one.billing_period = other.billing_period
    AND (
        one.account IS NOT DISTINCT FROM other.account
        OR starts_with(one.account, other.account || '/billingprofiles/')
        OR starts_with(other.account, one.account || '/billingprofiles/')
    )
ORDER BY ALL;
