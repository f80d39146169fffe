-- One row per device line × hour × device × holder × activity: the line's amounts cut at b_i = to_money(c · x_i), with b_0 = 0
-- and b_n = c itself, part_i = b_i − b_{i−1} (MODEL.md §3). What a device share below 1 leaves is cut off at the end.
-- A commitment fee follows the device lines that it pays for in the effective view alone: in the others it stays as charged.
WITH piece AS (
    SELECT
        m.load_id AS load_id, m.line_id AS line_id, m.load_id AS paid_load_id, m.line_id AS paid_line_id, true AS in_all_views,
        s.hour AS hour, s.machine_no AS machine_no, s.device_no AS device_no,
        s.holder_no AS holder_no, s.activity AS activity, s.state AS state, s.rung AS rung, s.sub_rung AS sub_rung, s.model AS model,
        s.version AS version, s.endpoint AS endpoint, s.mode AS mode, s.team AS team,
        (m.lo + (m.hi - m.lo) * s.lo) * o.device_share AS lo,
        CASE WHEN s.hi = 1 THEN m.hi ELSE m.lo + (m.hi - m.lo) * s.hi END * o.device_share AS hi
    FROM machine_line AS m
    JOIN slice AS s ON s.machine_no = m.machine_no AND s.hour = m.hour
    CROSS JOIN option AS o
    WHERE s.hour >= o.month_start AND s.hour < o.month_end
    UNION ALL
    SELECT
        f.load_id AS load_id, f.line_id AS line_id, m.load_id AS paid_load_id, m.line_id AS paid_line_id, false AS in_all_views,
        s.hour AS hour, s.machine_no AS machine_no, s.device_no AS device_no, s.holder_no AS holder_no, s.activity AS activity,
        s.state AS state, s.rung AS rung, s.sub_rung AS sub_rung, s.model AS model, s.version AS version, s.endpoint AS endpoint,
        s.mode AS mode, s.team AS team,
        f.lo + (f.hi - f.lo) * (s.lo * o.device_share) AS lo,
        CASE WHEN s.hi = 1 AND o.device_share = 1 THEN f.hi ELSE f.lo + (f.hi - f.lo) * (s.hi * o.device_share) END AS hi
    FROM fee_share AS f
    JOIN machine_line AS m ON m.load_id = f.covered_load_id AND m.line_id = f.covered_line_id
    JOIN slice AS s ON s.machine_no = m.machine_no AND s.hour = m.hour
    CROSS JOIN option AS o
)
SELECT
    a.source AS source, a.load_id AS load_id, a.file_id AS file_id, a.line_id AS line_id, a.line_no AS line_no,
    p.hour AS hour, p.machine_no AS machine_no, p.device_no AS device_no, p.holder_no AS holder_no,
    coalesce(d.device_id, u.resource_id || n.name) AS device_id, h.namespace AS namespace, h.pod AS pod,
    p.activity AS activity, p.state AS state,
    a.billing_period AS billing_period, day_of(p.hour) AS day, a.charge_day AS charge_day,
    p.rung AS rung, p.sub_rung AS sub_rung, u.component AS component, p.model AS model, p.version AS version,
    p.endpoint AS endpoint, p.mode AS mode, u.gpu_model AS gpu_model, p.team AS team, a.provider AS provider,
    a.billing_account_id AS billing_account_id, a.sub_account_id AS sub_account_id, a.billing_currency AS billing_currency,
    CASE WHEN p.hi = 1 THEN a.effective_cost ELSE to_money(to_double(a.effective_cost) * p.hi) END
        - CASE WHEN p.lo = 0 THEN to_money(0) ELSE to_money(to_double(a.effective_cost) * p.lo) END AS effective_cost,
    CASE WHEN NOT p.in_all_views THEN a.billed_cost - a.billed_cost WHEN p.hi = 1 THEN a.billed_cost ELSE to_money(to_double(a.billed_cost) * p.hi) END
        - CASE WHEN p.lo = 0 OR NOT p.in_all_views THEN to_money(0) ELSE to_money(to_double(a.billed_cost) * p.lo) END AS billed_cost,
    CASE WHEN NOT p.in_all_views THEN a.contracted_cost - a.contracted_cost WHEN p.hi = 1 THEN a.contracted_cost ELSE to_money(to_double(a.contracted_cost) * p.hi) END
        - CASE WHEN p.lo = 0 OR NOT p.in_all_views THEN to_money(0) ELSE to_money(to_double(a.contracted_cost) * p.lo) END AS contracted_cost,
    CASE WHEN NOT p.in_all_views THEN a.list_cost - a.list_cost WHEN p.hi = 1 THEN a.list_cost ELSE to_money(to_double(a.list_cost) * p.hi) END
        - CASE WHEN p.lo = 0 OR NOT p.in_all_views THEN to_money(0) ELSE to_money(to_double(a.list_cost) * p.lo) END AS list_cost
FROM piece AS p
JOIN line_amount AS a ON a.load_id = p.load_id AND a.line_id = p.line_id
JOIN line_amount AS u ON u.load_id = p.paid_load_id AND u.line_id = p.paid_line_id
LEFT JOIN month_device AS d ON d.device_no = p.device_no
LEFT JOIN sighting AS h ON h.holder_no = p.holder_no
LEFT JOIN ordinal AS n ON n.k = 0 - p.device_no
