-- Grain: commitment (savings plan, reservation, CUD) of the period: what was committed, used and left unused. Effective view: used
-- is the effective cost of the lines it covered, unknown what was charged and fits no use; committed = used + unused + unknown.
WITH kind AS (
    SELECT commitment_discount_id AS commitment_id, any_value(commitment_discount_type) AS type
    FROM cost
    WHERE charge_period_start >= $start AND charge_period_start < $end AND commitment_discount_id IS NOT NULL
    GROUP BY 1
)
SELECT
    coalesce(any_value(k.type), CASE WHEN any_value(c.provider) = 'GCP' THEN 'Committed use discount' END) AS type,
    sum(c.unused_cost)::DOUBLE / nullif(sum(c.covered_cost + c.unused_cost), 0) AS unused_share,
    sum(c.unused_cost) AS unused,
    sum(c.covered_cost + c.unused_cost + c.unknown_cost) AS committed,
    sum(c.covered_cost) AS used,
    sum(c.unknown_cost) AS unknown,
    any_value(c.provider) AS provider,
    coalesce(c.commitment_id, 'use unknown') AS commitment
FROM commitment_day AS c
LEFT JOIN kind AS k ON k.commitment_id = c.commitment_id
WHERE c.day >= $start AND c.day < $end AND c.billing_currency = $currency
    AND chosen($providers, c.provider) AND chosen($accounts, c.sub_account_id)
GROUP BY c.commitment_id
HAVING max(abs(c.covered_cost)) > 0 OR max(abs(c.unused_cost)) > 0 OR max(abs(c.unknown_cost)) > 0
ORDER BY unused DESC, unknown DESC, commitment
