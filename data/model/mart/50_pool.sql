-- What the fully loaded basis spreads over model versions: unallocated, shared by component, and the unused commitments whose
-- use was AI: what the ladder keeps on that rung (month/66_unused_part.sql), less what nobody can tell the use of.
SELECT
    day, billing_account_id, billing_currency, 'unallocated_share' AS pool, sum(effective_cost) AS cost
FROM ladder_rung
WHERE rung = 'unallocated'
GROUP BY 1, 2, 3
UNION ALL
SELECT
    day, billing_account_id, billing_currency,
    CASE
        WHEN component IN ('storage', 'network', 'orchestration', 'support') THEN 'shared_' || component
        ELSE 'shared_compute'
    END AS pool,
    sum(effective_cost) AS cost
FROM ladder_rung
WHERE rung = 'shared'
GROUP BY 1, 2, 3, 4
UNION ALL
SELECT
    day, billing_account_id, billing_currency, 'commitment_share' AS pool, sum(effective_cost) AS cost
FROM ladder_rung
WHERE rung = 'commitment_unused' AND coalesce(sub_rung, '') <> 'use unknown'
GROUP BY 1, 2, 3
