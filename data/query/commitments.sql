-- Grain: commitment (savings plan, reservation, CUD) of the period: what was committed, used and left unused. Effective view: used
-- is the effective cost of the lines it covered, committed = used + unused.
SELECT
    any_value(commitment_discount_type) AS type,
    sum(CASE WHEN commitment_discount_status = 'Unused' THEN effective_cost ELSE 0 END)::DOUBLE
        / nullif(sum(effective_cost), 0) AS unused_share,
    sum(CASE WHEN commitment_discount_status = 'Unused' THEN effective_cost ELSE 0 END) AS unused,
    sum(effective_cost) AS committed,
    sum(CASE WHEN commitment_discount_status = 'Used' THEN effective_cost ELSE 0 END) AS used,
    any_value(provider) AS provider,
    coalesce(commitment_discount_id, 'use unknown') AS commitment
FROM cost
WHERE charge_period_start >= $start AND charge_period_start < $end AND billing_currency = $currency
    AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
    AND commitment_discount_status IN ('Used', 'Unused')
GROUP BY commitment
ORDER BY unused DESC, commitment
