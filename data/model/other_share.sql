-- Months that were built with an AI share which is no longer that of the commitment in its billing period.
SELECT DISTINCT b.month
FROM built_share AS b
LEFT JOIN commitment_share AS s
    ON s.commitment_id = b.commitment_id AND s.billing_period = b.billing_period AND s.billing_currency IS NOT DISTINCT FROM b.billing_currency
WHERE s.share IS DISTINCT FROM b.share
ORDER BY b.month
