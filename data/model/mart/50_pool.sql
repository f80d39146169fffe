-- What the fully loaded basis spreads over model versions: unallocated, shared by component, and the unused commitment whose
-- use in the billing period was AI (else in the last period with use, else whole if it was bought for accelerators, else none).
WITH used AS (
    SELECT
        commitment_id, billing_period, sum(ai_covered_cost) AS ai_covered_cost, sum(covered_cost) AS covered_cost,
        max(for_devices) AS for_devices
    FROM built_commitment
    WHERE commitment_id IS NOT NULL
    GROUP BY 1, 2
),
last_use AS (
    SELECT
        u.commitment_id AS commitment_id, u.billing_period AS billing_period, u.for_devices AS for_devices,
        max(CASE WHEN e.covered_cost > 0 THEN e.billing_period END) AS use_period
    FROM used AS u
    JOIN used AS e ON e.commitment_id = u.commitment_id AND e.billing_period <= u.billing_period
    GROUP BY 1, 2, 3
),
ai_share AS (
    SELECT
        l.commitment_id AS commitment_id, l.billing_period AS billing_period,
        coalesce(to_double(u.ai_covered_cost) / nullif(to_double(u.covered_cost), 0), to_double(l.for_devices)) AS share
    FROM last_use AS l
    LEFT JOIN used AS u ON u.commitment_id = l.commitment_id AND u.billing_period = l.use_period
)
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
    c.day AS day, c.billing_account_id AS billing_account_id, c.billing_currency AS billing_currency, 'commitment_share' AS pool,
    sum(to_money(to_double(c.unused_cost) * s.share)) AS cost
FROM built_commitment AS c
JOIN ai_share AS s ON s.commitment_id = c.commitment_id AND s.billing_period = c.billing_period
GROUP BY 1, 2, 3
