-- One row per commitment × billing period × currency: which share of it is AI's, 0 to 1 – its use on the inference estate ÷ all
-- its use in the period, else in the last period with use, else 1 if it was bought for accelerators, else 0. NULL = nobody can tell:
-- it was charged, no use of it was found, and some of its fees fit no use. A plan that is charged in two currencies has a share in
-- each, by its use in it where it has some; uses in two currencies are never added.
WITH used AS (
    SELECT
        commitment_id, billing_period, billing_currency, sum(ai_covered_cost) AS ai_covered_cost,
        sum(covered_cost) AS covered_cost, max(CASE WHEN unknown_cost <> 0 THEN 1 ELSE 0 END) AS is_unknown,
        max(for_devices) AS for_devices
    FROM built_commitment
    WHERE commitment_id IS NOT NULL
    GROUP BY 1, 2, 3
),
-- each period's own use and those before it: the nearest with use comes first, in its own currency if there is one
use_of AS (
    SELECT
        u.commitment_id AS commitment_id, u.billing_period AS billing_period, u.billing_currency AS billing_currency,
        u.is_unknown AS is_unknown, e.billing_period AS use_period, e.ai_covered_cost AS ai_covered_cost,
        e.covered_cost AS covered_cost,
        max(e.for_devices) OVER (PARTITION BY u.commitment_id, u.billing_period, u.billing_currency) AS for_devices,
        row_number() OVER (
            PARTITION BY u.commitment_id, u.billing_period, u.billing_currency
            ORDER BY
                CASE WHEN e.covered_cost > 0 THEN 0 ELSE 1 END, e.billing_period DESC,
                CASE WHEN e.billing_currency IS NOT DISTINCT FROM u.billing_currency THEN 0 ELSE 1 END, e.billing_currency
        ) AS place
    FROM used AS u
    JOIN used AS e ON e.commitment_id = u.commitment_id AND e.billing_period <= u.billing_period
)
SELECT
    commitment_id, billing_period, billing_currency,
    CASE
        WHEN covered_cost > 0 AND (use_period = billing_period OR is_unknown = 0)
            THEN greatest(0.0, least(1.0, to_double(ai_covered_cost) / nullif(to_double(covered_cost), 0)))
        WHEN is_unknown = 0 THEN to_double(for_devices)
    END AS share
FROM use_of
WHERE place = 1
