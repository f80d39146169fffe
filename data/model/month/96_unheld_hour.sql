-- One row per device × hour in which nobody is known to hold it, at least for a part: what the hour cost, what of that no
-- commitment pays (stopping covered usage lowers no bill), and how many devices its machine was billed for.
WITH committed AS (
    SELECT p.device_id AS device_id, p.hour AS hour, sum(p.effective_cost) AS cost
    FROM device_part AS p
    JOIN month_line AS c ON c.load_id = p.load_id AND c.line_id = p.line_id
    WHERE c.commitment_id IS NOT NULL OR c.commitment_credit < 0
        -- a GCP fee names no machine: its parts lie on those that it paid for
        OR (c.charge_category = 'Purchase' AND c.resource_id IS NULL)
    GROUP BY 1, 2
),
device AS (
    SELECT
        coalesce(resource_id, node, device_id) AS machine, device_id, hour, max(billing_currency) AS billing_currency,
        sum(billed_seconds) AS billed_seconds, sum(cost) AS cost, max(CASE WHEN pod IS NULL THEN 1 ELSE 0 END) AS unheld
    FROM gpu_hour
    GROUP BY 1, 2, 3
),
machine AS (
    SELECT machine, hour, count(CASE WHEN billed_seconds > 0 THEN device_id END) AS devices, min(device_id) AS first_device
    FROM device
    GROUP BY 1, 2
)
SELECT
    d.machine AS machine, d.device_id AS device_id, d.hour AS hour, d.billing_currency AS billing_currency,
    d.billed_seconds AS billed_seconds, d.cost AS cost, d.cost - coalesce(c.cost, to_money(0)) AS uncommitted_cost,
    m.devices AS devices, CASE WHEN d.device_id = m.first_device THEN 1 ELSE 0 END AS is_first
FROM device AS d
JOIN machine AS m ON m.machine = d.machine AND m.hour = d.hour
LEFT JOIN committed AS c ON c.device_id = d.device_id AND c.hour = d.hour
WHERE d.unheld = 1
