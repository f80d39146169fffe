-- One row: what of a model's held GPU cost the bill would fall by if it left. Clouds bill whole machines, so an hour is
-- cash where the model held the machine for >= 99 % of its billed time (as in free_time); what a commitment pays is billed on.
WITH held AS (
    SELECT
        coalesce(resource_id, node, device_id) AS machine, hour, device_id, cost, billed_seconds,
        coalesce(state = 'serving' AND model = $model AND chosen($teams, team), FALSE) AS mine
    FROM gpu_hour
    WHERE hour >= $start AND hour < $end AND billing_currency = $currency
        AND chosen($providers, provider) AND chosen($accounts, sub_account_id)
),
whole AS (
    SELECT machine, hour
    FROM held
    GROUP BY 1, 2
    HAVING sum(CASE WHEN mine THEN billed_seconds ELSE 0 END) >= 0.99 * sum(billed_seconds) AND sum(billed_seconds) > 0
),
mine AS (
    SELECT h.machine, h.hour, h.device_id, sum(h.cost) AS cost, max(w.machine) IS NOT NULL AS alone
    FROM held AS h
    LEFT JOIN whole AS w ON w.machine = h.machine AND w.hour = h.hour
    WHERE h.mine
    GROUP BY 1, 2, 3
),
committed AS (
    SELECT p.device_id, p.hour, sum(p.effective_cost) AS cost
    FROM part AS p
    JOIN cost AS c ON c.load_id = p.load_id AND c.line_id = p.line_id
    WHERE p.hour >= $start AND p.hour < $end AND p.model = $model AND p.device_id IS NOT NULL AND chosen($teams, p.team)
        AND p.rung IN ('serving_busy', 'serving_idle') AND p.billing_currency = $currency
        AND (c.commitment_discount_id IS NOT NULL OR coalesce(c.x_commitment_credit, 0) < 0
            OR (c.charge_category = 'Purchase' AND c.resource_id IS NULL))
    GROUP BY 1, 2
)
SELECT
    sum(m.cost) AS held,
    sum(least(coalesce(c.cost, 0), m.cost)) AS committed,
    sum(CASE WHEN m.alone THEN m.cost - least(coalesce(c.cost, 0), m.cost) ELSE 0 END) AS cash
FROM mine AS m
LEFT JOIN committed AS c ON c.device_id = m.device_id AND c.hour = m.hour
