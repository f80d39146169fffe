-- One row per commitment × billing period: which share of it is AI's, 0 to 1 – its use on the inference estate ÷ all its use in
-- the period, else in the last period with use, else 1 if it was bought for accelerators, else 0. NULL = nobody can tell: it was
-- charged, no use of it was found, and some of its fees fit no use.
WITH used AS (
    SELECT
        commitment_id, billing_period, sum(ai_covered_cost) AS ai_covered_cost, sum(covered_cost) AS covered_cost,
        max(CASE WHEN unknown_cost <> 0 THEN 1 ELSE 0 END) AS is_unknown, max(for_devices) AS for_devices
    FROM built_commitment
    WHERE commitment_id IS NOT NULL
    GROUP BY 1, 2
),
last_use AS (
    SELECT
        u.commitment_id AS commitment_id, u.billing_period AS billing_period, u.is_unknown AS is_unknown,
        max(e.for_devices) AS for_devices, max(CASE WHEN e.covered_cost > 0 THEN e.billing_period END) AS use_period
    FROM used AS u
    JOIN used AS e ON e.commitment_id = u.commitment_id AND e.billing_period <= u.billing_period
    GROUP BY 1, 2, 3
)
SELECT
    l.commitment_id AS commitment_id, l.billing_period AS billing_period,
    CASE
        WHEN l.use_period = l.billing_period OR (l.use_period IS NOT NULL AND l.is_unknown = 0)
            THEN greatest(0.0, least(1.0, to_double(u.ai_covered_cost) / nullif(to_double(u.covered_cost), 0)))
        WHEN l.is_unknown = 0 THEN to_double(l.for_devices)
    END AS share
FROM last_use AS l
LEFT JOIN used AS u ON u.commitment_id = l.commitment_id AND u.billing_period = l.use_period
